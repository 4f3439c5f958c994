import type { WindowSpan } from "#server/core/promise/group-windows.ts";
import { insertPart } from "#server/core/promise/insert-part.ts";
import type { PlannedPart } from "#server/core/promise/promise-problem.ts";
import type { VisitRows } from "#server/core/routing/offer-windows.ts";
import type { Queryable } from "#server/db/database.ts";
import { type ChannelId, OWN_SHOP } from "#server/domain/channel.ts";
import { SECONDS_PER_HOUR } from "#server/domain/units.ts";
import type { PlannedFleet } from "./fleet.ts";
import type { WorkColumns } from "./network-mirror.ts";
import type { ClaimedBy, RegionRow } from "./queries.ts";
import type { QuoteFacts } from "./quote-facts.ts";
import type { WindowOutcome } from "./window-view.ts";

// What one channel may still have, where it has a share: as app.take_shares will compare it.

/**
 * The facts as a channel has them: of every hour, window and run no more is free than is left of its share. The same facts where it
 * has none. Of vans see VanShare.
 */
export function withinShares(facts: QuoteFacts, channelId: ChannelId): QuoteFacts {
  const { shares, workOf, pickupsOf, runsOf, laneRunsTo } = facts;
  if (!shares) return facts;
  const left = (percent: number | null, startSec: number, limit: number, free: number, claimedBy: ClaimedBy) =>
    isLimited(facts, percent, startSec)
      ? Math.max(0, Math.min(free, mostOf(limit, percent) - claimedFor(limit - free, claimedBy, channelId)))
      : free;
  const work = new Map<string, WorkColumns>();
  return {
    ...facts,
    workOf(nodeId) {
      let hours = work.get(nodeId);
      if (!hours) {
        const all = workOf(nodeId);
        const { startSec, limitSec, claimedBy } = all;
        const freeSec = all.freeSec.map((free, h) =>
          left(shares.picking, startSec[h]!, limitSec[h]!, free, claimedBy[h]!),
        );
        hours = { ...all, freeSec };
        work.set(nodeId, hours);
      }
      return hours;
    },
    pickupsOf(nodeId) {
      const windows = pickupsOf(nodeId);
      const { startSec, limit, claimedBy } = windows;
      return {
        ...windows,
        free: windows.free.map((free, w) => left(shares.pickup, startSec[w]!, limit[w]!, free, claimedBy[w]!)),
      };
    },
    runsOf: (nodeId) =>
      runsOf(nodeId).map((run) => ({
        ...run,
        free: left(shares.parcel, run.leavesSec, run.limit, run.free, run.claimedBy),
      })),
    laneRunsTo: (nodeId) =>
      laneRunsTo(nodeId).map((run) => ({
        ...run,
        free: left(shares.transfer, run.startSec, run.limit, run.free, run.claimedBy),
      })),
  };
}

/** Whether a share holds of what begins at `startSec`: it may have lapsed. */
function isLimited(
  { shares, nowSec }: Pick<QuoteFacts, "shares" | "nowSec">,
  percent: number | null,
  startSec: number,
): percent is number {
  const lapsesHours = shares?.lapsesHours ?? null;
  return percent !== null && (lapsesHours === null || startSec > nowSec + lapsesHours * SECONDS_PER_HOUR);
}

function mostOf(limit: number, percent: number): number {
  return Math.floor((limit * percent) / 100);
}

/** What a channel has of a claimed amount: the own shop what no other has. */
export function claimedFor(claimed: number, claimedBy: ClaimedBy, channelId: ChannelId): number {
  if (channelId !== OWN_SHOP) return claimedBy?.[channelId] ?? 0;
  return Object.values(claimedBy ?? {}).reduce((left, units) => left - units, claimed);
}

/** As counted without so many of a channel's own. */
export function withoutClaimed(claimedBy: ClaimedBy, channelId: ChannelId, units: number): ClaimedBy {
  if (channelId === OWN_SHOP || units === 0) return claimedBy;
  return { ...claimedBy, [channelId]: (claimedBy?.[channelId] ?? 0) - units };
}

/** What a quote says of a window: what it found within the shares, else why it is closed, which is a share where it would be open without. */
export function outcomeWithin(limited: WindowOutcome, unlimited: WindowOutcome): WindowOutcome {
  if ("claims" in limited) return limited;
  return "claims" in unlimited ? { reason: { code: "share_used" } } : unlimited;
}

/** Whether a plan keeps a channel's share of the time of its vans in a window. Epoch seconds. */
export type VanShare = (
  planned: PlannedFleet,
  part: Pick<PlannedPart, "shift" | "place" | "load">,
  rows: VisitRows,
  visit: WindowSpan,
  window: WindowSpan,
) => boolean;

/** Reads which stops of the coming routes are the channel's. Null: it has no share of vans. */
export async function readVanShare(
  db: Queryable,
  { id: regionId }: Pick<RegionRow, "id">,
  channelId: ChannelId,
  facts: QuoteFacts,
  originSec: number,
): Promise<VanShare | null> {
  const percent = facts.shares?.delivery ?? null;
  if (percent === null) return null;
  const stops = await db<{ id: string; startSec: number; endSec: number }[]>`
    select p.id, extract(epoch from h.window_starts_at)::integer as "startSec", extract(epoch from h.window_ends_at)::integer as "endSec"
    from public.stops p join public.holds h on h.id = p.hold_id and h.channel_id = ${channelId} and h.region_id = ${regionId}
    where p.shift_id = any (${facts.shifts.id as string[]})`;
  const windowOf = new Map(stops.map((stop) => [stop.id, stop]));
  return ({ loaded, routes }, part, rows, visit, window) => {
    if (!isLimited(facts, percent, window.startSec)) return true;
    const { row } = loaded[part.shift]!;
    const most = mostOf(
      Math.max(0, Math.min(window.endSec, row.endSec) - Math.max(window.startSec, row.startSec)),
      percent,
    );
    const span = { startSec: visit.startSec - originSec, endSec: visit.endSec - originSec };
    const { legSec, serviceSec } = insertPart(routes.shifts[part.shift]!, part, rows, span).grown;
    const isOurs = (id: string) => {
      const stop = windowOf.get(id);
      return stop?.startSec === window.startSec && stop.endSec === window.endSec;
    };
    const ours = row.stopIds.map(isOurs).toSpliced(part.place, 0, true);
    return ours.reduce((sum, is, p) => (is ? sum + legSec[p]! + serviceSec[p]! : sum), 0) <= most;
  };
}
