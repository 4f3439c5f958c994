import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EventKind } from "./event.ts";

test("every kind of event that the database functions record is known, and no other", () => {
  const folder = join(import.meta.dirname, "../../supabase/migrations");
  const sql = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("\n");
  const recorded = [...sql.matchAll(/app\.(?:record_event|end_calendar_change)\([^;]*?'([a-z_]+)'/g)].map(
    (match) => match[1]!,
  );
  // Some calls compute the kind: what is picked to be brought elsewhere is not ready, a pickup that is handed over is delivered, a stop ends as its outcome, a hold as it is
  // ended; of a calendar the caller says what was changed.
  expect(recorded).toContain("order_");
  expect(recorded).toContain("hold_");
  const computed = [
    "order_picked",
    "order_handed_over",
    "order_delivered",
    "order_failed",
    "hold_released",
    "hold_expired",
  ];
  const kinds = new Set([
    ...recorded.filter((kind) => !["order_", "hold_", "pickup", "day"].includes(kind)),
    ...computed,
  ]);
  expect([...kinds].sort()).toEqual([...EventKind.options].sort());
});
