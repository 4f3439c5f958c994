"use client";

import { Checkbox } from "#components/ui/checkbox.tsx";
import { TextField } from "#components/ui/field.tsx";
import { type EnteredWishes, MAX_GATE_CODE_CHARS, MAX_SAFE_PLACE_CHARS } from "./wishes-store.ts";
import { useWords } from "./words.tsx";

type EnteredDoor = Pick<EnteredWishes, "safePlace" | "neighbourAllowed" | "gateCode">;

/** What the driver may do and has to know at the door. */
export function DoorWishFields({
  entered,
  onChange,
}: {
  entered: EnteredDoor;
  onChange: (part: Partial<EnteredDoor>) => void;
}) {
  const { say } = useWords();
  return (
    <div className="flex flex-col gap-3">
      <TextField
        label={say.wishes.safePlace}
        hint={say.wishes.safePlaceHint}
        name="safePlace"
        maxLength={MAX_SAFE_PLACE_CHARS}
        placeholder={say.wishes.safePlacePlaceholder}
        value={entered.safePlace}
        optional
        onChange={(event) => onChange({ safePlace: event.target.value })}
      />
      <Checkbox
        name="neighbourAllowed"
        label={say.wishes.neighbour}
        checked={entered.neighbourAllowed}
        onChange={(event) => onChange({ neighbourAllowed: event.target.checked })}
      />
      <TextField
        label={say.wishes.gateCode}
        hint={say.wishes.gateCodeHint}
        name="gateCode"
        autoComplete="off"
        maxLength={MAX_GATE_CODE_CHARS}
        value={entered.gateCode}
        optional
        onChange={(event) => onChange({ gateCode: event.target.value })}
      />
    </div>
  );
}
