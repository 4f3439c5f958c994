"use client";

import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import type { Task } from "./picking-data.ts";
import { TEMPERATURE_LOOKS } from "./picking-looks.ts";

/** So many lines are shown at once; a trolley-full would push the next order out of sight. */
const LINES_SHOWN = 6;

/** The goods of one order at the node. */
export function TaskLines({ lines }: Pick<Task, "lines">) {
  const [all, setAll] = useState(false);
  const shown = all ? lines : lines.slice(0, LINES_SHOWN);
  return (
    <>
      <ul className="flex flex-col gap-1">
        {shown.map((line) => (
          <li key={line.skuId} className="flex items-baseline gap-2">
            <span className="w-9 shrink-0 text-right font-semibold">{line.units} ×</span>
            <span className="min-w-0 flex-1">{line.name}</span>
            {line.temperature !== "ambient" && (
              <Badge tone={TEMPERATURE_LOOKS[line.temperature].tone}>{TEMPERATURE_LOOKS[line.temperature].label}</Badge>
            )}
          </li>
        ))}
      </ul>
      {lines.length > LINES_SHOWN && (
        <Button variant="quiet" size="small" className="self-start" onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show all ${lines.length} lines`}
        </Button>
      )}
    </>
  );
}
