"use client";

import { useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { Field, TextField } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { type Details, details, MAX_NOTE_CHARS, useDetails } from "./details-store.ts";
import { DoorWishFields } from "./door-wishes.tsx";
import type { Messages } from "./messages.ts";
import type { SlotMode } from "./slot-board.ts";
import { doorWishesOf, enteredWishes, useEnteredWishes } from "./wishes-store.ts";
import { useWords } from "./words.tsx";

/** As `ConfirmRequest` in server/domain/quote.ts has it; the server decides. */
const PHONE = /^\+?[0-9][0-9 ()/-]{4,30}$/;

type Errors = Partial<Record<keyof Details, string>>;

function errorsOf({ name, phone, note }: Details, say: Messages["checkout"]): Errors {
  return {
    ...(name.trim() === "" && { name: say.nameMissing }),
    ...(!PHONE.test(phone.trim()) && { phone: say.phoneWrong }),
    ...(note.length > MAX_NOTE_CHARS && { note: say.noteTooLong }),
  };
}

/** Who it is for; then the order is confirmed. */
export function DetailsStep({
  mode,
  pending,
  problem,
  confirmLabel,
  onConfirm,
}: {
  mode: SlotMode;
  pending: boolean;
  /** What the last attempt was answered with. */
  problem: string | null;
  confirmLabel: string;
  onConfirm: (details: Details) => void;
}) {
  const { say } = useWords();
  const entered = useDetails();
  const wishes = useEnteredWishes();
  const [wasWished] = useState(doorWishesOf(wishes) !== undefined);
  const form = useRef<HTMLFormElement>(null);
  const [tried, setTried] = useState(false);
  const errors = tried ? errorsOf(entered, say.checkout) : {};
  const set = (part: Partial<Details>) => details.write({ ...entered, ...part });
  return (
    <form
      ref={form}
      noValidate
      className="flex max-w-xl flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        const wrong = Object.keys(errorsOf(entered, say.checkout))[0];
        if (wrong) form.current?.querySelector<HTMLElement>(`[name=${wrong}]`)?.focus();
        else onConfirm({ name: entered.name.trim(), phone: entered.phone.trim(), note: entered.note.trim() });
      }}
    >
      <TextField
        label={say.checkout.name}
        name="name"
        autoComplete="name"
        maxLength={80}
        value={entered.name}
        error={errors.name}
        onChange={(event) => set({ name: event.target.value })}
      />
      <TextField
        label={say.checkout.phone}
        hint={say.checkout.phoneHint[mode]}
        name="phone"
        type="tel"
        autoComplete="tel"
        maxLength={32}
        value={entered.phone}
        error={errors.phone}
        onChange={(event) => set({ phone: event.target.value })}
      />
      <Field label={say.checkout.note[mode]} error={errors.note} optional>
        {(control) => (
          <Textarea
            {...control}
            name="note"
            rows={2}
            maxLength={MAX_NOTE_CHARS}
            placeholder={say.checkout.notePlaceholder[mode]}
            value={entered.note}
            onChange={(event) => set({ note: event.target.value })}
          />
        )}
      </Field>
      {mode === "delivery" && (
        <Disclosure title={say.wishes.atDoor} open={wasWished}>
          <div className="pt-1 pb-2 ps-5.5">
            <DoorWishFields entered={wishes} onChange={(part) => enteredWishes.write({ ...wishes, ...part })} />
          </div>
        </Disclosure>
      )}
      {problem && <FaultNotice sentence={problem} />}
      <Button type="submit" variant="primary" pending={pending} className="min-h-12 w-full sm:w-auto sm:self-start">
        {confirmLabel}
      </Button>
    </form>
  );
}
