"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import { type ReactNode, useState } from "react";
import { classNames } from "./class-names.ts";

export interface Column<Row> {
  readonly key: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Makes the column sortable, by what this returns. */
  readonly sortBy?: (row: Row) => string | number;
  /** Figures stand at the end, so that their digits align. */
  readonly align?: "start" | "end";
  /** The cell that names the row: a header for screen readers. One a table. */
  readonly rowHeader?: boolean;
}

/**
 * Rows for people who work with them. Each is one line: what is too long is cut, with the whole of it on hover. The heading
 * stays in sight, and where the table is wider than the screen, the cell that names the row. Columns sort, a chosen row is
 * marked.
 */
export function DataTable<Row>({
  caption,
  columns,
  rows,
  rowKey,
  selectedKey,
  empty,
}: {
  /** Names the table for a screen reader. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  selectedKey?: string | null;
  /** What stands there without rows: why, and what to do. */
  empty?: ReactNode;
}) {
  const [order, setOrder] = useState<{ key: string; down: boolean } | null>(null);
  const sorting = order && columns.find((column) => column.key === order.key)?.sortBy;
  const sorted = sorting ? [...rows].sort((a, b) => compare(sorting(a), sorting(b)) * (order.down ? -1 : 1)) : rows;

  if (rows.length === 0 && empty) return <>{empty}</>;
  return (
    <section className="overflow-auto" aria-label={caption}>
      <table className="w-full border-separate border-spacing-0 text-body">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => {
              const active = order?.key === column.key;
              return (
                <th
                  key={column.key}
                  scope="col"
                  aria-sort={active ? (order.down ? "descending" : "ascending") : undefined}
                  className={classNames(
                    "sticky top-0 border-line border-b bg-surface px-3 py-1.5 font-medium text-ink-muted text-xs whitespace-nowrap",
                    column.align === "end" ? "text-end" : "text-start",
                    column.rowHeader ? "start-0 z-20" : "z-10",
                  )}
                >
                  {column.sortBy ? (
                    <button
                      type="button"
                      className="inline-flex min-h-6 items-center gap-1 hover:text-ink pointer-coarse:min-h-11"
                      onClick={() => setOrder({ key: column.key, down: active ? !order.down : false })}
                    >
                      {column.header}
                      {active && (order.down ? <ArrowDown className="size-3" /> : <ArrowUp className="size-3" />)}
                    </button>
                  ) : (
                    column.header
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => {
            const key = rowKey(row);
            return (
              <tr
                key={key}
                aria-current={key === selectedKey ? "true" : undefined}
                className={key === selectedKey ? "bg-accent-soft" : "bg-surface hover:bg-sunken"}
              >
                {columns.map((column) => {
                  const content = column.cell(row);
                  const look = classNames(
                    "h-control max-w-64 truncate border-line border-b px-3 py-1",
                    column.align === "end" ? "text-end" : "text-start",
                  );
                  return column.rowHeader ? (
                    <th
                      key={column.key}
                      scope="row"
                      className={classNames(look, "sticky start-0 z-1 bg-inherit font-medium")}
                    >
                      {content}
                    </th>
                  ) : (
                    <td key={column.key} className={look} title={typeof content === "string" ? content : undefined}>
                      {content}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function compare(a: string | number, b: string | number): number {
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}
