import { ChannelId, OWN_SHOP } from "./channel.ts";

/**
 * Names the sites that may show our pages in theirs: origins with spaces between, exact, without wildcards. Behind an origin may
 * stand the sales channel that it belongs to ("https://shop.example=MARKET"); without one it sells for the own shop.
 */
export const EMBED_ORIGINS_VARIABLE = "KEPT_EMBED_ORIGINS";

/** The origin of the site that asks to embed, as the browser writes it, or null when it is not one of those allowed. */
export function embedHost(asked: string | null | undefined, allowed: string | undefined): string | null {
  return siteOf(asked, allowed)?.origin ?? null;
}

/** The channel of the site that asks to embed, or null when it is not one of those allowed. */
export function embedChannel(asked: string | null | undefined, allowed: string | undefined): ChannelId | null {
  return siteOf(asked, allowed)?.channelId ?? null;
}

function siteOf(asked: string | null | undefined, allowed: string | undefined) {
  const host = originOf(asked ?? "");
  return host === null ? undefined : sitesOf(allowed ?? "").find(({ origin }) => origin === host);
}

/** An entry that is not understood, in its origin or its channel, allows nobody. */
function sitesOf(allowed: string): { readonly origin: string; readonly channelId: ChannelId }[] {
  return allowed.split(/\s+/).flatMap((entry) => {
    const [site = "", channel = OWN_SHOP, ...more] = entry.split("=");
    const [origin, channelId] = [originOf(site), ChannelId.safeParse(channel)];
    return origin && channelId.success && more.length === 0 ? [{ origin, channelId: channelId.data }] : [];
  });
}

function originOf(text: string): string | null {
  const url = URL.parse(text);
  // "null" is what every sandboxed frame and every file calls itself: it would stand for anyone.
  return url && (url.protocol === "https:" || url.protocol === "http:") ? url.origin : null;
}
