import type { Metadata } from "next";
import { notFound } from "next/navigation";
import * as z from "zod";
import { COLOUR_SCHEMES } from "#components/shop/colour-scheme.ts";
import { EmbedSlots } from "#components/shop/embed-slots.tsx";
import { languageOf } from "#components/shop/language.ts";
import { messagesIn } from "#components/shop/messages.ts";
import { ShopWords } from "#components/shop/words.tsx";
import { EMBED_ORIGINS_VARIABLE, embedChannel, embedHost } from "#server/domain/embed-host.ts";
import { embedPass } from "#server/trpc/embed-pass.ts";
import { serverQueries } from "#server/trpc/server-queries.ts";
import { readerLanguage } from "../../reader-language.ts";

export const metadata: Metadata = { robots: { index: false } };

/** What the address of the frame says. docs/embed.md is its description. */
const View = z.object({
  host: z.string().max(300),
  region: z.string().max(64),
  language: z.string().max(35).optional().catch(undefined),
  scheme: z.enum(COLOUR_SCHEMES).catch("auto"),
});

export default async function EmbeddedSlotsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const view = View.safeParse(await searchParams);
  const sites = process.env[EMBED_ORIGINS_VARIABLE];
  const host = view.success ? embedHost(view.data.host, sites) : null;
  const channelId = view.success ? embedChannel(view.data.host, sites) : null;
  if (!view.success || !host || !channelId) notFound();
  const { queryClient, trpc } = serverQueries();
  const regions = await queryClient.fetchQuery(trpc.catalogue.regions.queryOptions());
  const region = regions.find(({ regionId }) => regionId === view.data.region);
  if (!region) notFound();
  const language = languageOf(view.data.language ?? "") ?? (await readerLanguage());
  return (
    <ShopWords language={language} messages={messagesIn(language)}>
      <EmbedSlots
        region={region}
        host={host}
        channel={embedPass(region.regionId, channelId)}
        language={language}
        scheme={view.data.scheme}
      />
    </ShopWords>
  );
}
