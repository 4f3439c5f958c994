"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Button } from "#components/ui/button.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { TextField } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { TimeSpanFields } from "#components/ui/time-span-fields.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { Blackout, CalendarEntry } from "#server/domain/calendar.ts";
import type { Service } from "#server/domain/state.ts";
import { AtStakeList } from "./at-stake-list.tsx";
import type { Calendar, CalendarOf, Entry } from "./calendar-data.ts";
import { SERVICES } from "./calendar-words.ts";

type Kind = "closed" | "hours" | "windows";

interface Draft {
  readonly nodeId: Entry["nodeId"];
  readonly kind: Kind;
  readonly name: string;
  readonly opens: string;
  readonly closes: string;
  /** Empty: as on a usual day. */
  readonly pickers: string;
  readonly service: Service;
  /** Null: all of the day. */
  readonly starts: string | null;
}

const EVERY_NODE = "region";
const ALL_DAY = "all";

/** What a day is to be, with what that would put at stake before it is saved. */
export function EntryForm({
  of,
  calendar,
  day,
  changed,
  onSaved,
}: {
  of: CalendarOf;
  calendar: Calendar;
  day: string;
  /** The entry that it starts from, to be replaced. */
  changed: Entry | null;
  onSaved: () => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const [draft, setDraft] = useState<Draft>(() => draftOf(of, changed));
  const set = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const after = {
    onSuccess: () => {
      toast("The calendar is changed", {
        tone: "ok",
        description: "Windows that are not given any more are gone from the shop.",
      });
      onSaved();
    },
    onSettled: () => queryClient.invalidateQueries(trpc.calendars.pathFilter()),
  };
  const setDay = useMutation(trpc.calendars.setDay.mutationOptions(after));
  const setBlackout = useMutation(trpc.calendars.setBlackout.mutationOptions(after));
  const save = draft.kind === "windows" ? setBlackout : setDay;

  const { regionId } = of;
  const isRegion = draft.nodeId === null;
  const hours =
    draft.kind === "hours" && draft.opens && draft.closes ? { opens: draft.opens, closes: ending(draft.closes) } : null;
  const pickers = draft.kind === "hours" && draft.pickers.trim() !== "" ? Number(draft.pickers) : null;
  const workSec = pickers === null ? null : Math.round(pickers * 3600);
  const entry = CalendarEntry.safeParse({ regionId, nodeId: draft.nodeId, day, name: draft.name, hours, workSec });
  const blackout = Blackout.safeParse({
    ...{ regionId, nodeId: draft.nodeId, day, name: draft.name },
    ...{ service: draft.service, starts: draft.service === "parcel" ? null : draft.starts },
  });
  const wrong = problem(draft, hours, (draft.kind === "windows" ? blackout : entry).success);
  const weighed = draft.kind === "windows" ? blackout.data : entry.data;

  return (
    <form
      className="flex flex-col gap-4"
      aria-label={changed ? `Change ${changed.name}` : "Make this day otherwise"}
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong) return;
        if (draft.kind === "windows" && blackout.success) setBlackout.mutate(blackout.data);
        if (draft.kind !== "windows" && entry.success) setDay.mutate(entry.data);
      }}
    >
      <h3 className="font-semibold">{changed ? `Change ${changed.name}` : "Make this day otherwise"}</h3>
      {of.isOps && (
        <Select
          label="For"
          options={[
            { value: EVERY_NODE, label: "The whole region" },
            ...of.nodes.map(({ id, name }) => ({ value: id as string, label: name })),
          ]}
          value={draft.nodeId ?? EVERY_NODE}
          onValueChange={(value) => {
            const nodeId = of.nodes.find(({ id }) => id === value)?.id ?? null;
            const service = nodeId !== null && draft.service === "delivery" ? "pickup" : draft.service;
            set({ nodeId, service, kind: nodeId === null && draft.kind === "hours" ? "closed" : draft.kind });
          }}
        />
      )}
      <Select<Kind>
        label="What is otherwise"
        options={[
          { value: "closed", label: isRegion ? "A holiday: everything is closed" : "Closed" },
          ...(isRegion ? [] : [{ value: "hours" as const, label: "Other hours or other picking" }]),
          { value: "windows", label: "Some windows are not given" },
        ]}
        value={draft.kind}
        onValueChange={(kind) => set({ kind })}
      />
      <TextField
        label="Why"
        hint="Shown in the calendar: “Christmas Day”, “Stocktaking”."
        value={draft.name}
        maxLength={80}
        onChange={(event) => set({ name: event.target.value })}
      />
      {draft.kind === "hours" && (
        <div className="grid grid-cols-2 gap-3">
          <TimeSpanFields
            optional
            from={{ label: "Opens", value: draft.opens, onChange: (opens) => set({ opens }) }}
            until={{ label: "Closes", value: draft.closes, onChange: (closes) => set({ closes }) }}
          />
          <div className="col-span-2">
            <TextField
              label="Pickers in each hour"
              optional
              inputMode="decimal"
              hint="Empty: as on a usual day"
              value={draft.pickers}
              onChange={(event) => set({ pickers: event.target.value })}
            />
          </div>
        </div>
      )}
      {draft.kind === "windows" && (
        <div className="grid grid-cols-2 gap-3">
          <Select<Service>
            label="Of"
            options={(isRegion ? (["delivery", "pickup", "parcel"] as const) : (["pickup", "parcel"] as const)).map(
              (value) => ({
                value,
                label: SERVICES[value],
              }),
            )}
            value={draft.service}
            onValueChange={(service) => set({ service, starts: null })}
          />
          {draft.service !== "parcel" && (
            <Select
              label="Window"
              options={[
                { value: ALL_DAY, label: "All of the day" },
                ...calendar.windowStarts[draft.service].map((starts) => ({ value: starts, label: `From ${starts}` })),
              ]}
              value={draft.starts ?? ALL_DAY}
              onValueChange={(starts) => set({ starts: starts === ALL_DAY ? null : starts })}
            />
          )}
        </div>
      )}
      <AtStakeList
        stake={{
          ...{ regionId, nodeId: draft.nodeId, day: weighed?.day ?? day },
          ...(draft.kind === "windows"
            ? {
                hours: null,
                workSec: null,
                service: draft.service,
                starts: draft.service === "parcel" ? null : draft.starts,
              }
            : { hours: hours && hours.opens < hours.closes ? hours : null, workSec, service: null, starts: null }),
        }}
        linksToOrders={of.isOps}
      />
      {save.isError && <FaultNotice sentence={readFault(save.error).sentence} />}
      <Button type="submit" variant="primary" disabledReason={wrong} pending={save.isPending}>
        {changed ? "Save the change" : "Save"}
      </Button>
    </form>
  );
}

function draftOf(of: CalendarOf, changed: Entry | null): Draft {
  const isOpen = changed !== null && (changed.hours !== null || changed.workSec !== null);
  return {
    nodeId: changed ? changed.nodeId : of.nodeId,
    kind: isOpen ? "hours" : "closed",
    name: changed?.name ?? "",
    opens: changed?.hours?.opens ?? "",
    closes: changed?.hours?.closes === "24:00" ? "00:00" : (changed?.hours?.closes ?? ""),
    pickers: changed?.workSec == null ? "" : String(changed.workSec / 3600),
    service: of.nodeId === null ? "delivery" : "pickup",
    starts: null,
  };
}

/** A field of the browser knows no 24:00. */
function ending(closes: string): string {
  return closes === "00:00" ? "24:00" : closes;
}

/** Why it cannot be saved as it stands, or null. */
function problem(draft: Draft, hours: Entry["hours"], isValid: boolean): string | null {
  if (draft.name.trim() === "") return "Say why, so that others understand the day.";
  if (draft.kind !== "hours") return isValid ? null : "That does not go together.";
  if ((draft.opens === "") !== (draft.closes === "")) return "Name both hours, or neither.";
  if (hours && hours.opens >= hours.closes) return "It closes before it opens.";
  if (!hours && draft.pickers.trim() === "") return "Name the hours, the pickers, or both.";
  return isValid ? null : "The pickers are not a number from 0 to 1000.";
}
