"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { Field, TextField } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { areaOfGeoJson, pointsOf, type ServiceArea } from "#server/domain/service-area.ts";
import type { TowerNode } from "./tower-data.ts";

export const EVERYWHERE: ServiceArea = { mostDriveSec: null, area: null };

/** "within 25 min, in an area of 12 points" */
export function areaWords({ mostDriveSec, area }: ServiceArea): string {
  const parts = [
    mostDriveSec === null ? null : `within ${Math.round(mostDriveSec / 60)} min by road`,
    area === null ? null : `in an area of ${pointsOf(area)} points`,
  ].filter(Boolean);
  return parts.length === 0 ? "to every door" : parts.join(", ");
}

/** To which doors a node's vans go: by the minutes of the drive, by an outline, or by both. */
export function ServiceAreaDialog({
  node,
  known = EVERYWHERE,
  onClose,
}: {
  node: TowerNode;
  known: ServiceArea | undefined;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const [minutes, setMinutes] = useState(known.mostDriveSec === null ? "" : String(known.mostDriveSec / 60));
  const [text, setText] = useState(known.area === null ? "" : JSON.stringify(known.area));
  /** What the last change took the place of. */
  const [former, setFormer] = useState<ServiceArea | null>(null);
  const save = useMutation(
    trpc.tower.setServiceArea.mutationOptions({
      onSuccess: (result) => {
        setFormer(result.former);
        toast("The service area is changed", { tone: "ok" });
      },
      onSettled: () => queryClient.invalidateQueries(trpc.tower.serviceAreas.pathFilter()),
    }),
  );

  const area = text.trim() === "" ? null : areaOfGeoJson(text);
  const isTextWrong = text.trim() !== "" && area === null;
  const isMinutesWrong = minutes.trim() !== "" && !(Number(minutes) >= 1 && Number(minutes) <= 600);
  const wanted: ServiceArea = {
    mostDriveSec: minutes.trim() === "" ? null : Math.round(Number(minutes) * 60),
    area,
  };
  const undo = (before: ServiceArea) => {
    setMinutes(before.mostDriveSec === null ? "" : String(before.mostDriveSec / 60));
    setText(before.area === null ? "" : JSON.stringify(before.area));
    save.mutate({ nodeId: node.nodeId, area: before });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Where ${node.name} delivers`}
      description="Counts with the next question. What is promised already stays promised."
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ nodeId: node.nodeId, area: wanted });
        }}
      >
        <TextField
          label="Most minutes by road"
          hint="From the node to the door, at noon of a working day. Empty: however long it takes."
          error={isMinutesWrong ? "Between 1 and 600 minutes" : undefined}
          inputMode="decimal"
          value={minutes}
          onChange={(event) => setMinutes(event.target.value)}
        />
        <Field
          label="Area"
          hint={
            area === null
              ? "GeoJSON: polygons, with holes and several parts if need be. Empty: wherever the door lies."
              : `${pointsOf(area)} points. The map shows it when it is saved.`
          }
          error={isTextWrong ? "No GeoJSON area: polygons with closed rings, at most 5000 points together." : undefined}
        >
          {(control) => (
            <Textarea
              {...control}
              rows={4}
              className="max-h-60 font-mono text-xs"
              spellCheck={false}
              placeholder='{ "type": "Polygon", "coordinates": [[[-9.15, 38.72], …]] }'
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <Field label="Or from a file">
          {(control) => (
            <Input
              {...control}
              type="file"
              accept=".geojson,.json,application/geo+json,application/json"
              className="pt-2"
              onChange={async (event) => {
                const file = event.target.files?.[0];
                if (file) setText(await file.text());
              }}
            />
          )}
        </Field>
        {save.isError && <FaultNotice sentence={readFault(save.error).sentence} />}
        <div className="flex flex-wrap gap-3">
          <Button
            type="submit"
            variant="primary"
            pending={save.isPending}
            disabledReason={isTextWrong || isMinutesWrong ? "One of the two does not make sense yet." : null}
          >
            Change the area
          </Button>
          {former && (
            <Button onClick={() => undo(former)} disabledReason={save.isPending ? "It is being changed." : null}>
              Undo: {areaWords(former)}
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
