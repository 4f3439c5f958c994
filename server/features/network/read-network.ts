import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FaultList } from "./import-faults.ts";
import { NETWORK_TABLES, type NetworkTables, type TableName } from "./network-tables.ts";
import { type CsvContent, readCsv } from "./read-csv.ts";

const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** The files of an import as they were read; a file that is not there is absent. */
export type NetworkFiles = { readonly [N in TableName]?: CsvContent<NetworkTables[N]> };

/** Reads every CSV file of a folder. Whatever is wrong with a file is added to `faults`; other kinds of files are ignored. */
export function readNetwork(dir: string, faults: FaultList): NetworkFiles {
  const fault = (file: string, sentence: string) =>
    faults.add({ file, line: null, column: null, columnName: null, sentence });
  const entries = listFiles(dir);
  if (typeof entries === "string") {
    fault(dir, entries);
    return {};
  }
  const known = Object.values(NETWORK_TABLES).map(({ file }) => file);
  const strangers = entries.filter(
    (entry) => /\.csv$/i.test(entry) && !known.includes(entry as (typeof known)[number]),
  );
  for (const entry of strangers) fault(entry, `is not a file of an import; those are ${known.join(", ")}.`);

  const files: { [N in TableName]?: CsvContent } = {};
  for (const [name, table] of Object.entries(NETWORK_TABLES)) {
    if (!entries.includes(table.file)) continue;
    const path = join(dir, table.file);
    try {
      const { size } = statSync(path);
      if (size > MAX_FILE_BYTES)
        fault(table.file, `is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB; import it in parts.`);
      else files[name as TableName] = readCsv(table, readFileSync(path), faults);
    } catch (error) {
      fault(table.file, `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}).`);
    }
  }
  if (faults.total === 0 && Object.keys(files).length === 0)
    fault(dir, `holds none of the files of an import: ${known.join(", ")}.`);
  return files as NetworkFiles;
}

/** Names, or the sentence that says why there are none. */
function listFiles(dir: string): string[] | string {
  try {
    return readdirSync(dir).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return "does not exist.";
    if (code === "ENOTDIR") return "is not a folder.";
    return `cannot be read (${code ?? String(error)}).`;
  }
}
