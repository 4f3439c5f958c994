/** One reason why an import was refused, at a place that a person can go to. */
export interface ImportFault {
  readonly file: string;
  /** From 1, as editors count; null for the file as a whole. */
  readonly line: number | null;
  /** From 1, counted in fields; null for the line as a whole. */
  readonly column: number | null;
  readonly columnName: string | null;
  readonly sentence: string;
}

/** Collects faults: keeps the first `limit`, counts them all. */
export interface FaultList {
  readonly faults: readonly ImportFault[];
  readonly total: number;
  add(fault: ImportFault): void;
}

export function createFaultList(limit: number): FaultList {
  const faults: ImportFault[] = [];
  let total = 0;
  return {
    faults,
    get total() {
      return total;
    },
    add(fault) {
      total++;
      if (faults.length < limit) faults.push(fault);
    },
  };
}

/** `stock.csv:17:3(on_hand): must be …` */
export function formatFault({ file, line, column, columnName, sentence }: ImportFault): string {
  const place = [file, line, column].filter((part) => part !== null).join(":");
  return `${place}${columnName === null ? "" : `(${columnName})`}: ${sentence}`;
}

/** The files are not fit to be imported; nothing was changed. */
export class ImportRefused extends Error {
  override readonly name = "ImportRefused";
  readonly faults: readonly ImportFault[];
  /** May exceed the number of faults listed. */
  readonly total: number;
  constructor({ faults, total }: Pick<FaultList, "faults" | "total">) {
    super(`${total} ${total === 1 ? "fault" : "faults"}: nothing was imported.`);
    this.faults = faults;
    this.total = total;
  }
}

/** A value from a file as it may stand in a sentence: short, on one line. */
export function quoted(value: string): string {
  const flat = value.replace(/\p{Cc}+/gu, " ");
  const cut = [...flat].slice(0, 40).join("");
  return `"${cut}${cut.length < flat.length ? "…" : ""}"`;
}
