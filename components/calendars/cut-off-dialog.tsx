"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { Input } from "#components/ui/input.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { CutOff } from "#server/domain/calendar.ts";
import type { CalendarOf } from "./calendar-data.ts";
import { SERVICES, WEEKDAYS } from "./calendar-words.ts";
import type { CutOffWeek } from "./cut-off-board.tsx";

interface Row {
  readonly orderBy: string;
  readonly leadDays: string;
  readonly leastLeadMin: string;
}

/** A service's week of cut-offs, weekday by weekday; an empty row has none. */
export function CutOffDialog({ of, week, onClose }: { of: CalendarOf; week: CutOffWeek; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const [rows, setRows] = useState<readonly Row[]>(() =>
    WEEKDAYS.map((_, i) => {
      const rule = week.rules.find(({ weekday }) => weekday === i + 1);
      return {
        orderBy: rule?.orderBy ?? "",
        leadDays: rule?.leadDays ? String(rule.leadDays) : "",
        leastLeadMin: rule?.leastLeadMin ? String(rule.leastLeadMin) : "",
      };
    }),
  );
  const set = (place: number, part: Partial<Row>) =>
    setRows(rows.map((row, i) => (i === place ? { ...row, ...part } : row)));
  const save = useMutation(
    trpc.calendars.setCutOffs.mutationOptions({
      onSuccess: () => {
        toast("The cut-offs are changed", { tone: "ok" });
        onClose();
      },
      onSettled: () => queryClient.invalidateQueries(trpc.calendars.read.pathFilter()),
    }),
  );
  const rules = rows.flatMap(({ orderBy, leadDays, leastLeadMin }, i) =>
    orderBy === "" && leadDays === "" && leastLeadMin === ""
      ? []
      : [
          CutOff.safeParse({
            weekday: i + 1,
            orderBy: orderBy === "" ? null : orderBy,
            leadDays: Number(leadDays),
            leastLeadMin: Number(leastLeadMin),
          }),
        ],
  );
  const cutOffs = rules.flatMap(({ data }) => data ?? []);
  const isValid = cutOffs.length === rules.length;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${SERVICES[week.service]}: order by`}
      description={`${week.who}. A local time so many days before, the least minutes before the start, or both; the sooner counts.`}
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (isValid) save.mutate({ regionId: of.regionId, nodeId: week.nodeId, service: week.service, cutOffs });
        }}
      >
        <div className="grid grid-cols-[5.5rem_1fr_4rem_5rem] items-center gap-2 text-sm">
          <span />
          <span className="text-ink-muted">Time</span>
          <span className="text-ink-muted">Days before</span>
          <span className="text-ink-muted">Min ahead</span>
          {WEEKDAYS.map((name, i) => (
            <Weekday key={name} name={name} row={rows[i]!} onChange={(part) => set(i, part)} />
          ))}
        </div>
        <div>
          <Button size="small" variant="quiet" onClick={() => setRows(rows.map(() => rows[0]!))}>
            All days as Monday
          </Button>
        </div>
        {save.isError && <FaultNotice sentence={readFault(save.error).sentence} />}
        <Button
          type="submit"
          variant="primary"
          pending={save.isPending}
          disabledReason={
            isValid ? null : "A row needs a time or the minutes ahead, in whole numbers; days before need a time."
          }
        >
          Save
        </Button>
      </form>
    </Dialog>
  );
}

function Weekday({ name, row, onChange }: { name: string; row: Row; onChange: (part: Partial<Row>) => void }) {
  return (
    <>
      <span className="font-medium">{name}</span>
      <Input
        type="time"
        aria-label={`${name}: time`}
        value={row.orderBy}
        onChange={(event) => onChange({ orderBy: event.target.value })}
      />
      <Input
        inputMode="numeric"
        aria-label={`${name}: days before`}
        value={row.leadDays}
        onChange={(event) => onChange({ leadDays: event.target.value.trim() })}
      />
      <Input
        inputMode="numeric"
        aria-label={`${name}: minutes ahead`}
        value={row.leastLeadMin}
        onChange={(event) => onChange({ leastLeadMin: event.target.value.trim() })}
      />
    </>
  );
}
