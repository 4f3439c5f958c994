import { Building2, DoorOpen, KeyRound } from "lucide-react";
import type { ReactNode } from "react";
import type { LeftWith } from "#server/domain/delivery-wishes.ts";
import type { RunStop } from "./driving-data.ts";
import { LEFT_WITH } from "./driving-looks.ts";

/** How to get in and how far up. */
export function DoorNotes({ stop: { floor, hasLift, door } }: { stop: RunStop }) {
  return (
    <>
      {floor !== null && floor > 0 && (
        <Note icon={<Building2 className="size-4" aria-hidden="true" />}>
          Floor {floor}
          {hasLift === null ? "" : hasLift ? ", lift" : ", no lift"}
        </Note>
      )}
      {door?.hasGateCode && (
        <Note icon={<KeyRound className="size-4" aria-hidden="true" />}>
          {door.gateCode === null ? (
            "Gate code: shown to the driver on the day of the delivery"
          ) : (
            <>
              Gate code <span className="font-mono font-semibold">{door.gateCode}</span>
            </>
          )}
        </Note>
      )}
      {door && (door.safePlace !== null || door.neighbourAllowed) && (
        <Note icon={<DoorOpen className="size-4" aria-hidden="true" />}>
          {[
            door.safePlace !== null && `May be left here: ${door.safePlace}`,
            door.neighbourAllowed && "A neighbour may take it",
          ]
            .filter(Boolean)
            .join(". ")}
        </Note>
      )}
    </>
  );
}

function Note({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <p className="flex items-start gap-2">
      <span className="mt-1 shrink-0 text-ink-muted">{icon}</span>
      <span className="min-w-0 break-words">{children}</span>
    </p>
  );
}

/** Whom or where it is left with, of what the customer allows; nothing to choose where only a hand will do. */
export function LeftWithChoice({
  stop: { door },
  value,
  onChange,
}: {
  stop: RunStop;
  value: LeftWith;
  onChange: (leftWith: LeftWith) => void;
}) {
  const allowed: LeftWith[] = [
    "customer",
    ...(door?.safePlace != null ? (["safe_place"] as const) : []),
    ...(door?.neighbourAllowed ? (["neighbour"] as const) : []),
  ];
  if (allowed.length === 1) return null;
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 font-medium">How was it delivered?</legend>
      {allowed.map((option) => (
        <label
          key={option}
          className="flex min-h-13 items-center gap-3 rounded-control px-2 hover:bg-sunken has-checked:bg-accent-soft"
        >
          <input
            type="radio"
            name="left-with"
            value={option}
            checked={value === option}
            onChange={() => onChange(option)}
            className="size-5 accent-(--accent)"
          />
          {LEFT_WITH[option]}
        </label>
      ))}
    </fieldset>
  );
}
