"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { WindowText } from "#components/ui/time-text.tsx";
import type { OrderToken } from "#server/domain/id.ts";
import { MAX_NOTE_CHARS } from "./details-store.ts";
import { DoorWishFields } from "./door-wishes.tsx";
import { fillText } from "./fill-text.ts";
import type { OutputOf } from "./output-of.ts";
import { useWords } from "./words.tsx";

type Order = OutputOf["orders"]["byToken"];

/** What was wished of a delivery, and what of it can still be changed. */
export function OrderDoor({ order, token }: { order: Order; token: OrderToken }) {
  const { say } = useWords();
  const titleId = useId();
  const [isEdited, setEdited] = useState(false);
  const { door, customerNote, isDoorOpen, parts, timeZone } = order;
  const part = parts.find((each) => each.service === "delivery");
  const changeButton = useRef<HTMLButtonElement>(null);
  const wasEdited = useRef(false);
  useEffect(() => {
    // What was pressed is gone: the focus goes where one goes on.
    if (wasEdited.current && !isEdited) changeButton.current?.focus();
    wasEdited.current = isEdited;
  }, [isEdited]);
  const isNarrowed = part && (part.visitStartsAt !== part.windowStartsAt || part.visitEndsAt !== part.windowEndsAt);
  const facts = [
    part?.floor
      ? fillText(part.hasLift ? say.wishes.floorWithLift : say.wishes.floorByStairs, { floor: part.floor })
      : null,
    door?.safePlace && fillText(say.wishes.leaveAt, { place: door.safePlace }),
    door?.neighbourAllowed && say.wishes.neighbour,
    door?.gateCode && fillText(say.wishes.gateCodeIs, { code: door.gateCode }),
    customerNote && `${say.checkout.note.delivery}: ${customerNote}`,
  ].filter(Boolean);
  if (!isDoorOpen && facts.length === 0 && !isNarrowed) return null;
  return (
    <Card className="px-4 py-4 sm:px-6 sm:py-5">
      <section aria-labelledby={titleId}>
        <div className="flex min-h-control items-center justify-between gap-4">
          <h2 id={titleId} className="font-semibold text-lg">
            {say.wishes.door}
          </h2>
          {isDoorOpen && !isEdited && (
            <Button ref={changeButton} size="small" onClick={() => setEdited(true)}>
              {say.checkout.change}
            </Button>
          )}
        </div>
        {isNarrowed && (
          <p className={isEdited ? "mb-4" : "mb-1"}>
            {say.wishes.visitAsked}{" "}
            <WindowText startsAt={part.visitStartsAt} endsAt={part.visitEndsAt} zone={timeZone} />
          </p>
        )}
        {isEdited ? (
          <DoorForm order={order} token={token} onDone={() => setEdited(false)} />
        ) : facts.length > 0 ? (
          <ul className="flex flex-col gap-1">
            {facts.map((fact) => (
              <li key={String(fact)} className="break-words first-letter:uppercase">
                {fact}
              </li>
            ))}
          </ul>
        ) : (
          <p className="text-ink-muted">{say.wishes.nothing}</p>
        )}
      </section>
    </Card>
  );
}

function DoorForm({ order, token, onDone }: { order: Order; token: OrderToken; onDone: () => void }) {
  const { say, error } = useWords();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [entered, setEntered] = useState({
    safePlace: order.door?.safePlace ?? "",
    neighbourAllowed: order.door?.neighbourAllowed ?? false,
    gateCode: order.door?.gateCode ?? "",
    note: order.customerNote,
  });
  const change = useMutation(
    trpc.orders.changeDoor.mutationOptions({
      async onSuccess() {
        await queryClient.invalidateQueries(trpc.orders.byToken.pathFilter());
        onDone();
      },
    }),
  );
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  return (
    <form
      ref={form}
      className="flex max-w-xl flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const { safePlace, neighbourAllowed, gateCode, note } = entered;
        const door = { safePlace: safePlace.trim() || null, neighbourAllowed, gateCode: gateCode.trim() || null };
        change.mutate({ token, door, note: note.trim() });
      }}
    >
      <DoorWishFields entered={entered} onChange={(part) => setEntered({ ...entered, ...part })} />
      <Field label={say.checkout.note.delivery} optional>
        {(control) => (
          <Textarea
            {...control}
            name="note"
            rows={2}
            maxLength={MAX_NOTE_CHARS}
            value={entered.note}
            onChange={(event) => setEntered({ ...entered, note: event.target.value })}
          />
        )}
      </Field>
      {change.isError && <FaultNotice sentence={error(change.error)} />}
      <div className="flex gap-3">
        <Button type="submit" variant="primary" pending={change.isPending}>
          {say.wishes.save}
        </Button>
        <Button onClick={onDone}>{say.wishes.leave}</Button>
      </div>
    </form>
  );
}
