import { CsvError, parse } from "csv-parse/sync";
import { z } from "zod";
import { type FaultList, quoted } from "./import-faults.ts";
import type { CsvTable, RowOf } from "./network-tables.ts";

const MAX_RECORD_CHARS = 20_000;

/** What a file says, as far as it could be read. */
export interface CsvContent<T extends CsvTable = CsvTable> {
  readonly table: T;
  /** False when the rows could not be read at all: nothing can be concluded from what is missing. */
  readonly readable: boolean;
  /** Which columns the header names, with their place from 1. */
  readonly columnPlaces: ReadonlyMap<string, number>;
  readonly rows: readonly CsvRow<T>[];
  /** The first column's text of every row, also of rows with faults elsewhere: a reference to such a row is no fault of its own. */
  readonly mentioned: ReadonlySet<string>;
}

export interface CsvRow<T extends CsvTable = CsvTable> {
  readonly line: number;
  readonly value: RowOf<T>;
}

/** Reads one file of an import; whatever is wrong with it is added to `faults`. */
export function readCsv<T extends CsvTable>(table: T, bytes: Uint8Array, faults: FaultList): CsvContent<T> {
  const { file } = table;
  const refuse = (line: number | null, sentence: string): CsvContent<T> => {
    faults.add({ file, line, column: null, columnName: null, sentence });
    return { table, readable: false, columnPlaces: new Map(), rows: [], mentioned: new Set() };
  };
  const names = Object.keys(table.columns);

  const source = decodeUtf8(bytes);
  if (typeof source === "number")
    return refuse(
      source,
      "is not UTF-8 text; save the file as CSV in UTF-8, not as a spreadsheet or in an older encoding.",
    );
  if (source.trim() === "") return refuse(null, `is empty; its first line must name the columns: ${names.join(",")}.`);

  const parsed = parseRecords(source);
  if ("fault" in parsed) return refuse(parsed.line, parsed.fault);
  const [header, ...records] = parsed.records;
  if (header === undefined) return refuse(null, "is empty.");

  const columnPlaces = readHeader(table, header, faults);
  if (columnPlaces === null) return { table, readable: false, columnPlaces: new Map(), rows: [], mentioned: new Set() };
  if (records.length === 0) return refuse(header.line, "has no rows; leave the file out if it has nothing to say.");
  return {
    table,
    readable: true,
    columnPlaces,
    ...readRows(table, columnPlaces, header.fields.length, records, faults),
  };
}

interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** The text, or the line where it stops being UTF-8. Line ends become plain, so that lines count as editors count them. */
function decodeUtf8(bytes: Uint8Array): string | number {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text.replace(/\r\n?/g, "\n");
    return text.slice(0, text.indexOf("\0")).split(/\r\n?|\n/).length;
  } catch {
    // A decoder that does not stop marks the place; the mark itself is valid UTF-8, so its bytes are looked for as well.
    const lines = Buffer.from(bytes)
      .toString("latin1")
      .split(/\r\n?|\n/);
    return lines.findIndex((line) => Buffer.from(line, "latin1").toString("utf8").includes("\ufffd")) + 1;
  }
}

function parseRecords(source: string): { records: CsvRecord[] } | { line: number; fault: string } {
  try {
    // A spreadsheet keeps emptied rows as lines of bare commas.
    const parsed = parse(source, {
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      record_delimiter: "\n",
      max_record_size: MAX_RECORD_CHARS,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    const records = parsed.map(({ record, info }) => {
      // The parser counts the line where a record ends; a quoted field may span several.
      const inside = record.reduce((sum, field) => sum + field.split("\n").length - 1, 0);
      return { line: info.lines - inside, fields: record.map((field) => field.trim()) };
    });
    return { records };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { line: typeof error.lines === "number" ? error.lines : 1, fault: sentenceOf(error) };
  }
}

function sentenceOf(error: CsvError): string {
  switch (error.code) {
    case "CSV_QUOTE_NOT_CLOSED":
      return 'ends inside a quoted field; a quotation mark (") was opened and never closed.';
    case "INVALID_OPENING_QUOTE":
      return 'has a quotation mark (") in the middle of a field; quote the whole field and double the mark inside it.';
    case "CSV_INVALID_CLOSING_QUOTE":
      return 'has text after a closing quotation mark ("); double a mark that belongs to the text.';
    case "CSV_MAX_RECORD_SIZE":
      return `is longer than ${MAX_RECORD_CHARS} characters; a quotation mark (") may be missing above.`;
    default:
      return `cannot be read as CSV: ${error.message}`;
  }
}

/** Where each column stands, or null when the header cannot be used. */
function readHeader(table: CsvTable, header: CsvRecord, faults: FaultList): Map<string, number> | null {
  const before = faults.total;
  const fault = (column: number | null, sentence: string) =>
    faults.add({ file: table.file, line: header.line, column, columnName: null, sentence });
  const names = Object.keys(table.columns);
  const [only] = header.fields;
  if (header.fields.length === 1 && names.length > 1 && only !== undefined) {
    const separator = only.includes(";") ? "semicolons" : only.includes("\t") ? "tabs" : null;
    if (separator !== null) {
      fault(null, `separates its fields with ${separator}; save it with commas.`);
      return null;
    }
  }
  const places = new Map<string, number>();
  header.fields.forEach((name, index) => {
    const place = index + 1;
    if (!names.includes(name)) {
      const near = names.find((known) => known === name.toLowerCase().replace(/[\s-]+/g, "_"));
      const hint = near === undefined ? `the columns are ${names.join(",")}` : `did you mean "${near}"?`;
      fault(place, `${quoted(name)} is not a column of this file; ${hint}`.replace(/([^?])$/, "$1."));
    } else if (places.has(name)) fault(place, `names the column "${name}" a second time.`);
    else places.set(name, place);
  });
  for (const [name, { whenEmpty }] of Object.entries(table.columns)) {
    if (whenEmpty === null && !places.has(name)) fault(null, `lacks the column "${name}".`);
  }
  return faults.total > before ? null : places;
}

function readRows<T extends CsvTable>(
  table: T,
  columnPlaces: ReadonlyMap<string, number>,
  width: number,
  records: readonly CsvRecord[],
  faults: FaultList,
): Pick<CsvContent<T>, "rows" | "mentioned"> {
  const { file, columns } = table;
  const [firstName = ""] = Object.keys(columns);
  const schema = z.strictObject(
    Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [
        name,
        column.whenEmpty === null ? column.schema : column.schema.nullable(),
      ]),
    ),
  );
  const rows: CsvRow<T>[] = [];
  const mentioned = new Set<string>();
  const lineOfKey = new Map<string, number>();
  for (const { line, fields } of records) {
    if (fields.length !== width) {
      const column = Math.min(fields.length, width) + (fields.length > width ? 1 : 0);
      faults.add({
        file,
        line,
        column,
        columnName: null,
        sentence: `has ${count(fields.length, "field")} where the header names ${width}; text with a comma needs quotation marks.`,
      });
      mentioned.add(fields[(columnPlaces.get(firstName) ?? 1) - 1] ?? "");
      continue;
    }
    const textOf = (name: string): string => fields[(columnPlaces.get(name) ?? 0) - 1] ?? "";
    const raw = Object.fromEntries(
      Object.entries(columns).map(([name, { whenEmpty }]) => [
        name,
        textOf(name) === "" && whenEmpty !== null ? null : textOf(name),
      ]),
    );
    mentioned.add(textOf(firstName));

    const result = schema.safeParse(raw);
    if (!result.success) {
      // One sentence for a field, however many of its checks failed.
      for (const name of new Set(result.error.issues.map(({ path }) => String(path[0])))) {
        const wrong = textOf(name);
        const must = `must be ${columns[name]?.says}`;
        const sentence = wrong === "" ? `is empty; it ${must}.` : `${must}, not ${quoted(wrong)}.`;
        faults.add({ file, line, column: columnPlaces.get(name) ?? null, columnName: name, sentence });
      }
      continue;
    }
    const key = table.key.map((name) => textOf(name)).join("\n");
    const earlier = lineOfKey.get(key);
    if (earlier !== undefined) {
      const last = table.key.at(-1) ?? firstName;
      const what = table.key.map((name) => `${name} ${quoted(textOf(name))}`).join(", ");
      faults.add({
        file,
        line,
        column: columnPlaces.get(last) ?? null,
        columnName: last,
        sentence: `repeats ${what} of line ${earlier}.`,
      });
      continue;
    }
    lineOfKey.set(key, line);
    rows.push({ line, value: result.data as RowOf<T> });
  }
  return { rows, mentioned };
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
