import type { inferRouterOutputs } from "@trpc/server";
import { formatTime } from "#components/ui/format-time.ts";
import { ChannelShares, SharedResource } from "#server/domain/channel-shares.ts";
import type { RootRouter } from "#server/trpc/root.ts";

export type SharesOfRegion = inferRouterOutputs<RootRouter>["tower"]["channelShares"];
export type SharesOfChannel = SharesOfRegion["channels"][number];
export type ShareUse = NonNullable<SharesOfChannel["uses"][SharedResource]>;

/** Of what there are shares, in the order in which an order needs it. */
export const RESOURCES = SharedResource.options;

export const RESOURCE_WORDS: Record<SharedResource, string> = {
  picking: "Picking of an hour",
  pickup: "Places of a pickup window",
  parcel: "Parcels of a carrier's run",
  transfer: "Orders of a lane's run",
  delivery: "A van's time in a window",
};

/** "12 % of the week, 38 % at most: Alvalade, Tue 24 Nov, 18:00". */
export function wordsOfUse({ percent, mostPercent, mostAt, mostNode }: ShareUse, timeZone: string): string {
  if (mostAt === null) return "nothing of the coming week";
  const most = `${percentWords(mostPercent)} at most: ${mostNode}, ${formatTime(mostAt, timeZone, "day-time")}`;
  return `${percentWords(percent)} of the coming week, ${most}`;
}

function percentWords(percent: number): string {
  return percent > 0 && percent < 1 ? "under 1 %" : `${Math.round(percent)} %`;
}

/** As typed, one text for each field; empty: not limited. */
export type TypedShares = Readonly<Record<keyof ChannelShares, string>>;

export const SHARE_FIELDS = [...RESOURCES, "lapsesHours"] as const satisfies readonly (keyof ChannelShares)[];

export function typedOf(shares: ChannelShares): TypedShares {
  const text = (field: keyof ChannelShares) => (shares[field] === null ? "" : String(shares[field]));
  return {
    picking: text("picking"),
    pickup: text("pickup"),
    parcel: text("parcel"),
    transfer: text("transfer"),
    delivery: text("delivery"),
    lapsesHours: text("lapsesHours"),
  };
}

/** What was typed, or the fields that make no sense. */
export function readShares(typed: TypedShares): { shares: ChannelShares } | { wrong: ReadonlySet<string> } {
  const read = ChannelShares.safeParse(
    Object.fromEntries(SHARE_FIELDS.map((field) => [field, typed[field].trim() === "" ? null : Number(typed[field])])),
  );
  return read.success
    ? { shares: read.data }
    : { wrong: new Set(read.error.issues.map(({ path }) => String(path[0]))) };
}
