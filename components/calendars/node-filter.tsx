"use client";

import { Select } from "#components/ui/select.tsx";
import type { CalendarOf } from "./calendar-data.ts";

const REGION = "region";

/** The region's calendar with all its nodes, or one node's. */
export function NodeFilter({ of, onChange }: { of: CalendarOf; onChange: (nodeId: string | null) => void }) {
  return (
    <Select
      label="Whose calendar"
      hideLabel
      className="w-64 max-w-full"
      options={[
        { value: REGION, label: "Whole region" },
        ...of.nodes.map(({ id, name }) => ({ value: id as string, label: name })),
      ]}
      value={of.nodeId ?? REGION}
      onValueChange={(value) => onChange(value === REGION ? null : value)}
    />
  );
}
