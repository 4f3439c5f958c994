import type { QuoteFactsRow } from "./queries.ts";

/** Until when each delivery window can be ordered from each node. Windows by their place among those that were read; epoch seconds. */
export interface CutOffs {
  /** From this instant on nothing is ordered from the node in window `w`; Infinity where nothing cuts it off. */
  orderBySec(nodeId: string, w: number): number;
  /** The windows, those together in which the same nodes are too late at `nowSec`. */
  groupsAt(nowSec: number, nodeIds: readonly string[]): readonly CutOffGroup[];
}

export interface CutOffGroup {
  readonly lateNodeIds: ReadonlySet<string>;
  readonly windows: readonly number[];
}

/** The region's cut-off holds for every node that has none of its own for the window. */
export function cutOffsOf({ windows, cutOffs }: Pick<QuoteFactsRow, "windows" | "cutOffs">): CutOffs {
  const ofNode = new Map<string, number>();
  const nodesOf = new Map<string, string[]>();
  for (const [i, nodeId] of cutOffs.nodeId.entries()) {
    const window = `${cutOffs.startSec[i]} ${cutOffs.endSec[i]}`;
    ofNode.set(`${window} ${nodeId}`, cutOffs.orderBySec[i]!);
    if (!nodesOf.has(window)) nodesOf.set(window, []);
    nodesOf.get(window)!.push(nodeId);
  }
  const keyOf = (w: number) => `${windows.startSec[w]} ${windows.endSec[w]}`;
  const ofRegion = (w: number) => windows.orderBySec[w] ?? Number.POSITIVE_INFINITY;
  const orderBySec = (nodeId: string, w: number) => ofNode.get(`${keyOf(w)} ${nodeId}`) ?? ofRegion(w);

  return {
    orderBySec,
    groupsAt(nowSec, nodeIds) {
      const all = new Set(nodeIds);
      const groups = new Map<string, { lateNodeIds: ReadonlySet<string>; windows: number[] }>();
      for (const w of windows.startSec.keys()) {
        const isLate = ofRegion(w) <= nowSec;
        // Most windows have no node with a rule of its own: then all are late, or none is.
        const apart = (nodesOf.get(keyOf(w)) ?? []).filter(
          (id) => all.has(id) && orderBySec(id, w) <= nowSec !== isLate,
        );
        const key = `${isLate} ${apart.toSorted().join(" ")}`;
        let group = groups.get(key);
        if (!group) {
          const lateNodeIds = isLate ? nodeIds.filter((id) => !apart.includes(id)) : apart;
          group = { lateNodeIds: new Set(lateNodeIds), windows: [] };
          groups.set(key, group);
        }
        group.windows.push(w);
      }
      return [...groups.values()];
    },
  };
}
