export interface WindowSpan {
  readonly startSec: number;
  readonly endSec: number;
}

/** Windows of one kind that an offer can be asked for at once: by index, in order of their starts and of their ends. */
export interface WindowGroup {
  readonly kind: number;
  readonly index: readonly number[];
}

/** Parts windows by kind, and those of a kind that lie within one another too: together they would not be in order. */
export function groupWindows(windows: readonly WindowSpan[], kindOf: (window: WindowSpan) => number): WindowGroup[] {
  const order = windows.map((_, w) => w);
  order.sort((a, b) => windows[a]!.startSec - windows[b]!.startSec || windows[a]!.endSec - windows[b]!.endSec);
  const groups: { kind: number; index: number[] }[] = [];
  for (const w of order) {
    const kind = kindOf(windows[w]!);
    const fits = groups.find(
      (group) => group.kind === kind && windows[group.index.at(-1)!]!.endSec <= windows[w]!.endSec,
    );
    if (fits) fits.index.push(w);
    else groups.push({ kind, index: [w] });
  }
  return groups;
}
