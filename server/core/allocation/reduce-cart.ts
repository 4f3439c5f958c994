/** A line of a cart: its units are worth so much each. Lines of one group are not parted; groups are numbered 0 … without a gap. */
export interface WantedLine {
  readonly group: number;
  readonly units: number;
  readonly unitCents: number;
}

/**
 * What can be had of a cart that cannot be had whole: carts as units by line, the one worth most first, at most `most` of them.
 *
 * `available[n]` says what node n could promise of each line. One cart for each node it begins at: all that this node has of
 * it, then whatever adds most from one node more, until `mostNodes` serve it. A line, and a group of lines that are kept
 * together, comes from one node. Of one node the first is the best there is; of several it is a good one, because the nodes
 * are taken one after the other. Nodes that have the same of it count as one: few of a large network are different. Time: nodes × lines,
 * and different nodes² × lines × `mostNodes`.
 */
export function reduceCart(
  lines: readonly WantedLine[],
  available: readonly ArrayLike<number>[],
  mostNodes: number,
  most: number,
): Int32Array[] {
  const groupCount = lines.reduce((count, { group }) => Math.max(count, group + 1), 0);
  const had = distinct(
    available.map((ofNode) => Int32Array.from(lines, ({ units }, i) => Math.min(Math.max(ofNode[i]!, 0), units))),
  );
  const worth = had.map((units) => {
    const ofGroup = new Float64Array(groupCount);
    // Whatever is free of charge is worth having too.
    for (const [i, { group, unitCents }] of lines.entries()) ofGroup[group]! += units[i]! * (unitCents + 1);
    return ofGroup;
  });
  const carts = had.map((_, first) => {
    /** By group: who serves it. */
    const server = new Int32Array(groupCount).fill(first);
    for (let taken = 1; taken < mostNodes; taken++) {
      const gains = worth.map((ofGroup) =>
        ofGroup.reduce((sum, cents, group) => sum + Math.max(0, cents - worth[server[group]!]![group]!), 0),
      );
      const next = gains.indexOf(Math.max(...gains));
      if (gains[next]! <= 0) break;
      for (const [group, cents] of worth[next]!.entries())
        if (cents > worth[server[group]!]![group]!) server[group] = next;
    }
    const units = Int32Array.from(lines, ({ group }, i) => had[server[group]!]![i]!);
    return { units, cents: server.reduce((sum, node, group) => sum + worth[node]![group]!, 0) };
  });
  carts.sort((a, b) => b.cents - a.cents);
  return distinct(carts.flatMap(({ units, cents }) => (cents > 0 ? [units] : []))).slice(0, most);
}

/** The first of each that are alike. */
function distinct(rows: readonly Int32Array[]): Int32Array[] {
  const byContent = new Map<string, Int32Array>();
  for (const row of rows) {
    const content = row.join();
    if (!byContent.has(content)) byContent.set(content, row);
  }
  return [...byContent.values()];
}
