import { SECONDS_PER_DAY } from "#server/domain/units.ts";
import type { ClaimedBy, LaneRunRow, NetworkChanges, NodesRead, RunRow } from "./queries.ts";

/** One node's picking seconds by hour, in order of time; epoch seconds. */
export interface WorkColumns {
  readonly startSec: Int32Array;
  readonly limitSec: Int32Array;
  readonly freeSec: Int32Array;
  readonly claimedBy: readonly ClaimedBy[];
}

/** Parallel arrays in order of time, epoch seconds. */
export interface PickupWindows {
  readonly id: readonly string[];
  readonly startSec: readonly number[];
  readonly endSec: readonly number[];
  readonly free: readonly number[];
  readonly limit: readonly number[];
  readonly claimedBy: readonly ClaimedBy[];
  readonly priceCents: readonly number[];
  /** Until when it can be ordered; null: as long as it can be picked. */
  readonly orderBySec: readonly (number | null)[];
}

/**
 * The picking hours, pickup windows, shifts, and runs of carriers and lanes of one region as this process has read them so far.
 *
 * Absorbs the changes that one reading found, in whatever order readings come back: of each row the highest revision
 * stays. After absorbing an answer it is no older than the snapshot that gave the answer. Never absorb what a transaction
 * reads that may still be rolled back.
 */
export interface NetworkMirror {
  /** From where on changes are still to be read; UNREAD at first. */
  readonly asOf: string;
  /**
   * Whether changes alone tell all at `nowSec`: not once the clock was set back, since readings leave out what is past.
   * Readings that overlap end in any order, so a little back is none: what began in that time is past for whoever asks next.
   */
  covers(nowSec: number): boolean;
  /** Takes in what was read at `nowSec`. A reading from UNREAD on replaces everything. */
  absorb(changes: NetworkChanges, since: string, nowSec: number): void;
  /** As some reading found them, which says by their version whether another has to read them again. */
  nodes: NodesRead | undefined;
  /** The node's hours, some of them past. */
  workOf(nodeId: string): WorkColumns;
  /** Pickup windows of a node that are given and not over at `nowSec`. */
  pickupsOf(nodeId: string, nowSec: number): PickupWindows;
  /** Runs of carriers from a node that are not closed, and leave after `nowSec` or have left in the day before, in the order in which they arrive. */
  runsOf(nodeId: string, nowSec: number): readonly RunRow[];
  /** Likewise the runs of lanes to a node, in the order in which they leave. */
  laneRunsTo(nodeId: string, nowSec: number): readonly LaneRunRow[];
  /**
   * Planned shifts of these nodes that leave after `nowSec`, in the order of their ids, and the version of each plan. The
   * same object as before while nothing of that has changed.
   */
  plannedShifts(nodeIds: readonly string[], nowSec: number): PlannedShifts;
}

export interface PlannedShifts {
  readonly id: readonly string[];
  readonly version: readonly number[];
}

/** The `asOf` of a mirror that has read nothing. */
export const UNREAD = "0";

/** Longer than any reading takes. */
const OVERLAP_SEC = 60;

/** A mirror is read anew so often, and so forgets what has become past. */
const RENEWED_SEC = SECONDS_PER_DAY;

interface Hour {
  readonly startSec: number;
  readonly limitSec: number;
  readonly freeSec: number;
  readonly claimedBy: ClaimedBy;
  readonly revision: number;
}

interface Pickup {
  readonly id: string;
  readonly startSec: number;
  readonly endSec: number;
  readonly free: number;
  readonly limit: number;
  readonly claimedBy: ClaimedBy;
  readonly priceCents: number;
  readonly closed: boolean;
  readonly orderBySec: number | null;
  readonly revision: number;
}

interface Shift {
  readonly id: string;
  readonly nodeId: string;
  readonly startSec: number;
  readonly version: number;
  readonly planned: boolean;
  readonly revision: number;
}

export function createNetworkMirror(): NetworkMirror {
  const hours = new Map<string, TimedRows<Hour>>();
  const work = new Map<string, WorkColumns>();
  const pickups = new Map<string, TimedRows<Pickup>>();
  const runs = new Map<string, TimedRows<RunRow>>();
  const laneRuns = new Map<string, TimedRows<LaneRunRow>>();
  const shifts = new Map<string, Shift>();
  /** By id, and where in that order each stands. */
  let shiftsInOrder: { readonly rows: Shift[]; readonly placeOf: ReadonlyMap<string, number> } | undefined;
  /** What was last answered, for which nodes, and from when to before when it stands unless a shift changes. */
  let answered: { nodeIds: readonly string[]; fromSec: number; untilSec: number; shifts: PlannedShifts } | undefined;
  let asOf = UNREAD;
  let readSec = 0;
  let latestSec = 0;

  return {
    nodes: undefined,
    get asOf() {
      return asOf;
    },
    covers: (nowSec) => nowSec >= latestSec - OVERLAP_SEC && nowSec < readSec + RENEWED_SEC,
    absorb(changes, since, nowSec) {
      if (since === UNREAD) {
        hours.clear();
        work.clear();
        pickups.clear();
        runs.clear();
        laneRuns.clear();
        shifts.clear();
        shiftsInOrder = undefined;
        answered = undefined;
        asOf = UNREAD;
        readSec = nowSec;
        latestSec = nowSec;
      }
      latestSec = Math.max(latestSec, nowSec);
      for (let i = 0; i < changes.hours.nodeId.length; i++) {
        const { nodeId, startSec, limitSec, freeSec, claimedBy, revision } = changes.hours;
        rowsOf(hours, nodeId[i]!).put(startSec[i]!, {
          startSec: startSec[i]!,
          limitSec: limitSec[i]!,
          freeSec: freeSec[i]!,
          claimedBy: claimedBy[i]!,
          revision: revision[i]!,
        });
        work.delete(nodeId[i]!);
      }
      for (let i = 0; i < changes.pickups.nodeId.length; i++) {
        const { id, nodeId, startSec, endSec, free, limit, claimedBy, priceCents, closed, orderBySec, revision } =
          changes.pickups;
        rowsOf(pickups, nodeId[i]!).put(id[i]!, {
          id: id[i]!,
          startSec: startSec[i]!,
          endSec: endSec[i]!,
          free: free[i]!,
          limit: limit[i]!,
          claimedBy: claimedBy[i]!,
          priceCents: priceCents[i]!,
          closed: closed[i]!,
          orderBySec: orderBySec[i]!,
          revision: revision[i]!,
        });
      }
      for (let i = 0; i < changes.runs.nodeId.length; i++) {
        const run = rowAt(changes.runs, i);
        rowsOf(runs, run.nodeId).put(`${run.carrierId} ${run.day}`, run);
      }
      for (let i = 0; i < changes.laneRuns.nodeId.length; i++) {
        const run = rowAt(changes.laneRuns, i);
        rowsOf(laneRuns, run.nodeId).put(`${run.laneId} ${run.day}`, run);
      }
      for (let i = 0; i < changes.shifts.id.length; i++) {
        const { id, nodeId, startSec, version, planned, revision } = changes.shifts;
        const known = shifts.get(id[i]!);
        if (known && known.revision >= revision[i]!) continue;
        const shift = {
          id: id[i]!,
          nodeId: nodeId[i]!,
          startSec: startSec[i]!,
          version: version[i]!,
          planned: planned[i]!,
          revision: revision[i]!,
        };
        shifts.set(shift.id, shift);
        const place = shiftsInOrder?.placeOf.get(shift.id);
        if (place === undefined) shiftsInOrder = undefined;
        else shiftsInOrder!.rows[place] = shift;
        answered = undefined;
      }
      if (BigInt(changes.asOf) > BigInt(asOf)) asOf = changes.asOf;
    },
    workOf(nodeId) {
      let columns = work.get(nodeId);
      if (!columns) {
        const rows = hours.get(nodeId)?.inOrder() ?? [];
        columns = {
          startSec: Int32Array.from(rows, (row) => row.startSec),
          limitSec: Int32Array.from(rows, (row) => row.limitSec),
          freeSec: Int32Array.from(rows, (row) => row.freeSec),
          claimedBy: rows.map((row) => row.claimedBy),
        };
        work.set(nodeId, columns);
      }
      return columns;
    },
    pickupsOf(nodeId, nowSec) {
      const rows = (pickups.get(nodeId)?.inOrder() ?? []).filter((row) => !row.closed && row.endSec > nowSec);
      return {
        id: rows.map((row) => row.id),
        startSec: rows.map((row) => row.startSec),
        endSec: rows.map((row) => row.endSec),
        free: rows.map((row) => row.free),
        limit: rows.map((row) => row.limit),
        claimedBy: rows.map((row) => row.claimedBy),
        priceCents: rows.map((row) => row.priceCents),
        orderBySec: rows.map((row) => row.orderBySec),
      };
    },
    runsOf(nodeId, nowSec) {
      return (runs.get(nodeId)?.inOrder() ?? []).filter(
        (run) => !run.closed && run.leavesSec > nowSec - SECONDS_PER_DAY,
      );
    },
    laneRunsTo(nodeId, nowSec) {
      return (laneRuns.get(nodeId)?.inOrder() ?? []).filter(
        (run) => !run.closed && run.startSec > nowSec - SECONDS_PER_DAY,
      );
    },
    plannedShifts(nodeIds, nowSec) {
      const stands = answered && nowSec >= answered.fromSec && nowSec < answered.untilSec;
      if (answered && stands && isSameList(answered.nodeIds, nodeIds)) return answered.shifts;
      if (!shiftsInOrder) {
        const rows = [...shifts.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
        shiftsInOrder = { rows, placeOf: new Map(rows.map(({ id }, place) => [id, place])) };
      }
      const nodes = new Set(nodeIds);
      const found = shiftsInOrder.rows.filter((row) => row.planned && row.startSec > nowSec && nodes.has(row.nodeId));
      answered = {
        nodeIds,
        fromSec: nowSec,
        // The first to leave is the first that is no longer there.
        untilSec: found.reduce((first, row) => Math.min(first, row.startSec), Number.POSITIVE_INFINITY),
        shifts: { id: found.map((row) => row.id), version: found.map((row) => row.version) },
      };
      return answered.shifts;
    },
  };
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id, i) => id === other[i]);
}

function rowAt<Row>(columns: { readonly [Column in keyof Row]: readonly Row[Column][] }, i: number): Row {
  const fields = Object.entries<readonly unknown[]>(columns).map(([column, values]) => [column, values[i]]);
  return Object.fromEntries(fields) as Row;
}

/** Rows of one node, read in order of time far more often than they change. */
interface TimedRows<Row> {
  put(key: string | number, row: Row): void;
  inOrder(): readonly Row[];
}

function rowsOf<Row extends { startSec: number; revision: number }>(
  byNode: Map<string, TimedRows<Row>>,
  nodeId: string,
): TimedRows<Row> {
  let rows = byNode.get(nodeId);
  if (!rows) {
    rows = timedRows<Row>();
    byNode.set(nodeId, rows);
  }
  return rows;
}

function timedRows<Row extends { startSec: number; revision: number }>(): TimedRows<Row> {
  const known = new Map<string | number, Row>();
  let inOrder: Row[] | undefined;
  return {
    put(key, row) {
      const before = known.get(key);
      if (before && before.revision >= row.revision) return;
      known.set(key, row);
      inOrder = undefined;
    },
    inOrder() {
      inOrder ??= [...known.values()].sort((a, b) => a.startSec - b.startSec);
      return inOrder;
    },
  };
}
