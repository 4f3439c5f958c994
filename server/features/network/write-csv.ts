import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NETWORK_TABLES, type NetworkRow, type TableName } from "./network-tables.ts";

/** The rows of each file of an import. */
export type NetworkRows = { readonly [N in TableName]: readonly NetworkRow<N>[] };

/** Writes a folder that an import reads back as the same rows. A column that no row fills is left out, and so is a file without rows. */
export function writeNetworkFiles(dir: string, rows: NetworkRows): void {
  mkdirSync(dir, { recursive: true });
  for (const [name, { file, columns }] of Object.entries(NETWORK_TABLES)) {
    const content = rows[name as TableName];
    if (content.length > 0) writeFileSync(join(dir, file), formatCsv(Object.keys(columns), content));
  }
}

function formatCsv(names: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): string {
  const filled = names.filter((name) => rows.some((row) => row[name] !== null));
  const lines = rows.map((row) => filled.map((name) => formatField(row[name])).join(","));
  return `${[filled.join(","), ...lines].join("\n")}\n`;
}

function formatField(value: unknown): string {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
