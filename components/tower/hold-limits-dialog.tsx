"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { TextField } from "#components/ui/field.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { HoldLimits } from "#server/domain/hold-limits.ts";
import type { HoldLimitsOfRegion } from "./tower-data.ts";
import type { RegionOfMe } from "./use-tower.ts";

interface LimitField {
  readonly label: string;
  /** What of it is in use, where that can be said in one number. */
  readonly now: (held: HoldLimitsOfRegion["held"]) => string;
}

const FIELDS: Record<keyof HoldLimits, LimitField> = {
  perCheckout: { label: "Holds of one checkout", now: (held) => `The most now: ${held.ofOneCheckout}` },
  perAddress: { label: "Holds for one address", now: (held) => `The most now: ${held.ofOneAddress}` },
  perNetwork: { label: "Holds from one network address", now: (held) => `The most now: ${held.ofOneNetwork}` },
  unconfirmedPercent: {
    label: "Share of a window, in percent",
    now: () => "Of its places, its parcels or its van's time, in the hands of checkouts that have not confirmed",
  },
};
const NAMES = Object.keys(FIELDS) as (keyof HoldLimits)[];

/** How much may be held and not ordered, beside how much is. */
export function HoldLimitsDialog({
  regionId,
  open,
  onClose,
}: {
  regionId: RegionOfMe["id"];
  open: boolean;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const limits = useQuery(trpc.tower.holdLimits.queryOptions({ regionId }, { enabled: open }));
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="Windows on hold"
      description={
        limits.data
          ? `${limits.data.held.holds} held now and not ordered. What is held already stays when a limit changes.`
          : "What is held now and not ordered."
      }
    >
      {limits.isError ? (
        <FaultNotice sentence={readFault(limits.error).sentence} onRetry={() => void limits.refetch()} />
      ) : limits.data ? (
        <LimitsForm regionId={regionId} known={limits.data} onSaved={onClose} />
      ) : (
        <Skeleton className="h-80" />
      )}
    </Dialog>
  );
}

function LimitsForm({
  regionId,
  known,
  onSaved,
}: {
  regionId: RegionOfMe["id"];
  known: HoldLimitsOfRegion;
  onSaved: () => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const [typed, setTyped] = useState<Readonly<Partial<Record<keyof HoldLimits, string>>>>({});
  const save = useMutation(
    trpc.tower.setHoldLimits.mutationOptions({
      onSuccess: () => {
        toast("The limits are changed", { tone: "ok" });
        onSaved();
      },
      onSettled: () => queryClient.invalidateQueries(trpc.tower.holdLimits.pathFilter()),
    }),
  );
  const wanted = HoldLimits.safeParse(
    Object.fromEntries(NAMES.map((name) => [name, Number(typed[name] ?? known.limits[name])])),
  );
  const wrong = new Set(wanted.error?.issues.map((issue) => issue.path[0]));
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (wanted.success) save.mutate({ regionId, limits: wanted.data });
      }}
    >
      {NAMES.map((name) => (
        <TextField
          key={name}
          label={FIELDS[name].label}
          hint={FIELDS[name].now(known.held)}
          error={wrong.has(name) ? "A whole number, at least 1" : undefined}
          inputMode="numeric"
          value={typed[name] ?? String(known.limits[name])}
          onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
        />
      ))}
      {save.isError && <FaultNotice sentence={readFault(save.error).sentence} />}
      <Button
        type="submit"
        variant="primary"
        disabledReason={wanted.success ? null : "A limit is not a whole number in its range."}
        pending={save.isPending}
      >
        Change the limits
      </Button>
    </form>
  );
}
