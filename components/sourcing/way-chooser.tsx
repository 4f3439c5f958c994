"use client";

import { Checkbox } from "#components/ui/checkbox.tsx";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { TextField } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { TimeSpanFields } from "#components/ui/time-span-fields.tsx";
import type { ChangeView } from "#components/ui/use-address-view.ts";
import { MOST_FLOORS } from "#server/domain/delivery-wishes.ts";
import type { NodeId } from "#server/domain/id.ts";
import type { Service } from "#server/domain/state.ts";
import { SERVICE_WORDS } from "./check-words.ts";
import { type ExplainView, wishesOf } from "./explain-view.ts";

/** How the goods would reach the shopper, and what was wished of the visit. */
export function WayChooser({
  view,
  counters,
  onChange,
}: {
  view: ExplainView;
  /** Where goods are handed over. */
  counters: readonly { readonly id: NodeId; readonly name: string }[];
  onChange: ChangeView<ExplainView>;
}) {
  const { service, notBefore, notAfter, floor, lift } = view;
  return (
    <section className="flex flex-col gap-3" aria-label="Way">
      <Select<Service>
        label="Way"
        options={(["delivery", "parcel", "pickup"] as const).map((value) => ({ value, label: SERVICE_WORDS[value] }))}
        value={service}
        onValueChange={(value) => onChange({ service: value, window: null })}
      />
      {service === "pickup" ? (
        <Select
          label="Store"
          placeholder="Choose where it is collected"
          options={counters.map(({ id, name }) => ({ value: id as string, label: name }))}
          value={counters.find(({ id }) => id === view.node)?.id ?? null}
          onValueChange={(node) => onChange({ node, window: null })}
        />
      ) : (
        <Disclosure title="What was wished of the visit" open={Object.keys(wishesOf(view) ?? {}).length > 0}>
          <div className="grid grid-cols-2 items-end gap-3 pt-1 ps-5.5">
            <TimeSpanFields
              from={{
                label: "Not before",
                value: notBefore ?? "",
                onChange: (time) => onChange({ notBefore: time }),
              }}
              until={{ label: "Not after", value: notAfter ?? "", onChange: (time) => onChange({ notAfter: time }) }}
            />
            {service === "delivery" && (
              <>
                <TextField
                  label="Floor"
                  type="number"
                  inputMode="numeric"
                  min={0}
                  max={MOST_FLOORS}
                  value={floor ?? ""}
                  onChange={(event) => onChange({ floor: event.target.value })}
                />
                <Checkbox
                  label="There is a lift"
                  checked={lift === "yes"}
                  onChange={(event) => onChange({ lift: event.target.checked ? "yes" : null })}
                />
              </>
            )}
          </div>
        </Disclosure>
      )}
    </section>
  );
}
