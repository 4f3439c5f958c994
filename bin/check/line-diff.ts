import { diff } from "node:util";

const CONTEXT_LINES = 2;
const MOST_LINES = 60;

/** What turns one text into the other, line by line with a little around it; empty when they are the same. */
export function lineDiff(from: string, to: string): string {
  // Node's words: -1 is a line only of the second, 1 one only of the first.
  const changes = diff(from.split("\n"), to.split("\n"));
  const near = new Set<number>();
  changes.forEach(([kind], at) => {
    if (kind !== 0) for (let i = at - CONTEXT_LINES; i <= at + CONTEXT_LINES; i++) near.add(i);
  });
  const lines: string[] = [];
  changes.forEach(([kind, line], at) => {
    if (!near.has(at)) return;
    if (!near.has(at - 1) && lines.length > 0) lines.push("  …");
    lines.push(`${kind === 0 ? " " : kind < 0 ? "+" : "-"} ${line}`);
  });
  const hidden = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES), ...(hidden > 0 ? [`… and ${hidden} more lines`] : [])].join("\n");
}
