import { foldName } from "./fold-name.ts";
import type { SectionArray } from "./map-file.ts";
import type { Street } from "./travel.ts";

/*
 * Streets that can be found by typing any of their words. In the map file:
 *
 *   names.display       UTF-8: "name \t place \n" of each street, longest street first
 *   names.displayStart  where each starts, and where the last ends
 *   names.at            longitude and latitude of each in 10⁻⁷ degrees
 *   names.folded        UTF-8: "name place \n" of each, folded
 *   names.foldedStart
 *   names.words         where in names.folded each word starts, ordered by what follows there
 */

export interface StreetIndex {
  readonly display: Uint8Array;
  readonly displayStart: Uint32Array;
  readonly at: Int32Array;
  readonly folded: Uint8Array;
  readonly foldedStart: Uint32Array;
  readonly words: Uint32Array;
}

const SPACE = 0x20;
const NEWLINE = 0x0a;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** `streets` by falling importance: of equally good matches the first is shown first. */
export function buildStreetIndex(streets: readonly Street[]): StreetIndex {
  const display = concatenate(streets.map(({ name, place }) => encoder.encode(`${name}\t${place}\n`)));
  const folded = concatenate(streets.map(({ name, place }) => encoder.encode(`${foldName(`${name} ${place}`)}\n`)));
  const words: number[] = [];
  for (let i = 0; i < folded.bytes.length; i++) {
    const before = i === 0 ? NEWLINE : folded.bytes[i - 1]!;
    if ((before === SPACE || before === NEWLINE) && folded.bytes[i] !== NEWLINE) words.push(i);
  }
  words.sort((a, b) => compareSuffixes(folded.bytes, a, b));
  return {
    display: display.bytes,
    displayStart: display.start,
    at: Int32Array.from(streets.flatMap(({ lng, lat }) => [Math.round(lng * 1e7), Math.round(lat * 1e7)])),
    folded: folded.bytes,
    foldedStart: folded.start,
    words: Uint32Array.from(words),
  };
}

/**
 * Streets of which every word of the query starts some word of name or place. Those that start with the query come
 * first, then those that hold it as a phrase, then the rest; within each, by importance.
 */
export function searchStreetIndex(index: StreetIndex, query: string, limit: number): Street[] {
  const phrase = foldName(query);
  if (phrase === "" || limit <= 0) return [];
  const queryWords = phrase.split(" ");
  // The longest word leaves the fewest streets to look at.
  const probe = queryWords.reduce((longest, word) => (word.length > longest.length ? word : longest));
  const [first, last] = rangeOf(index, encoder.encode(probe));
  const candidates = new Set<number>();
  for (let i = first; i < last; i++) candidates.add(streetAt(index, index.words[i]!));
  const ranked: { street: number; rank: number }[] = [];
  for (const street of candidates) {
    const text = ` ${decoder.decode(index.folded.subarray(index.foldedStart[street], index.foldedStart[street + 1]! - 1))}`;
    if (!queryWords.every((word) => text.includes(` ${word}`))) continue;
    ranked.push({ street, rank: text.startsWith(` ${phrase}`) ? 0 : text.includes(` ${phrase}`) ? 1 : 2 });
  }
  ranked.sort((a, b) => a.rank - b.rank || a.street - b.street);
  return ranked.slice(0, limit).map(({ street }) => readStreet(index, street));
}

function readStreet(index: StreetIndex, street: number): Street {
  const line = decoder.decode(index.display.subarray(index.displayStart[street], index.displayStart[street + 1]! - 1));
  const [name = "", place = ""] = line.split("\t");
  return { name, place, lng: index.at[2 * street]! / 1e7, lat: index.at[2 * street + 1]! / 1e7 };
}

/** The words that start with the prefix: positions in `words`, end excluded. */
function rangeOf(index: StreetIndex, prefix: Uint8Array): [first: number, last: number] {
  const bound = (past: boolean) => {
    let low = 0;
    let high = index.words.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = comparePrefix(index.folded, index.words[middle]!, prefix);
      if (order < 0 || (past && order === 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return [bound(false), bound(true)];
}

/** Negative when the text at `at` sorts before everything that starts with the prefix, 0 when it starts with it. */
function comparePrefix(text: Uint8Array, at: number, prefix: Uint8Array): number {
  for (let i = 0; i < prefix.length; i++) {
    const difference = (text[at + i] ?? NEWLINE) - prefix[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareSuffixes(text: Uint8Array, a: number, b: number): number {
  for (let i = 0; ; i++) {
    const difference = text[a + i]! - text[b + i]!;
    if (difference !== 0) return difference;
    if (text[a + i] === NEWLINE) return a - b;
  }
}

function streetAt(index: StreetIndex, position: number): number {
  let low = 0;
  let high = index.foldedStart.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (index.foldedStart[middle]! <= position) low = middle;
    else high = middle;
  }
  return low;
}

function concatenate(parts: readonly Uint8Array[]): { bytes: Uint8Array; start: Uint32Array } {
  const start = new Uint32Array(parts.length + 1);
  parts.forEach((part, i) => {
    start[i + 1] = start[i]! + part.length;
  });
  const bytes = new Uint8Array(start[parts.length]!);
  parts.forEach((part, i) => {
    bytes.set(part, start[i]);
  });
  return { bytes, start };
}

export function streetSections(index: StreetIndex): Record<string, SectionArray> {
  return {
    "names.display": index.display,
    "names.displayStart": index.displayStart,
    "names.at": index.at,
    "names.folded": index.folded,
    "names.foldedStart": index.foldedStart,
    "names.words": index.words,
  };
}
