"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { TextField } from "#components/ui/field.tsx";
import { formatMoney } from "#components/ui/format-money.ts";
import type { RegionId } from "#server/domain/id.ts";
import type { SourcingRules } from "#server/domain/sourcing-rules.ts";
import type { RootRouter } from "#server/trpc/root.ts";
import {
  isSame,
  POLICY_FIELDS,
  RULE_FIELDS,
  type RuleName,
  rulesOf,
  type TypedRules,
  textOf,
  WEIGHT_FIELDS,
} from "./rule-fields.ts";
import { RulesPreview } from "./rules-preview.tsx";

type KnownRules = inferRouterOutputs<RootRouter>["promise"]["sourcingRules"];

/** The rules to be changed, what that would change before it is saved, and the way back after. */
export function RulesForm({ regionId, known }: { regionId: RegionId; known: KnownRules }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState<TypedRules>({});
  const [previewed, setPreviewed] = useState<SourcingRules | null>(null);
  /** What was saved here last, and what it took the place of. */
  const [saved, setSaved] = useState<{ before: SourcingRules; after: SourcingRules } | null>(null);
  const save = useMutation(
    trpc.promise.setSourcingRules.mutationOptions({
      onSuccess: (after) => {
        queryClient.setQueryData(trpc.promise.sourcingRules.queryKey({ regionId }), { ...known, rules: after });
        setTyped({});
        setPreviewed(null);
      },
      onSettled: () => queryClient.invalidateQueries(trpc.promise.sourcingRules.pathFilter()),
    }),
  );
  const { rules, wrong } = rulesOf(known.rules, typed);
  const isChanged = rules !== null && !isSame(rules, known.rules);
  const why =
    rules === null ? "A field holds nothing that it could mean." : isChanged ? null : "Nothing is changed yet.";
  // Somebody else's change in between is not taken back along with one's own.
  const undo = saved && isSame(saved.after, known.rules) ? saved.before : null;

  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
      <Card className="p-4">
        <form
          className="flex flex-col gap-6"
          aria-label="Sourcing rules"
          onSubmit={(event) => {
            event.preventDefault();
            if (!rules || !isChanged) return;
            save.mutate({ regionId, rules }, { onSuccess: (after) => setSaved({ before: known.rules, after }) });
          }}
        >
          <fieldset className="flex flex-col gap-4">
            <legend className="mb-3 font-semibold">When a cart is split, and what a busy hour costs</legend>
            {POLICY_FIELDS.map(field)}
            <p className="text-ink-muted text-sm">
              Goods with the same <code>kept_with</code> (in the import of SKUs) are never parted.
            </p>
          </fieldset>
          <fieldset className="flex flex-col gap-4">
            <legend className="mb-1 font-semibold">What each cost counts when the choice is made</legend>
            <p className="text-ink-muted text-sm">
              100: a cent counts a cent. What the shopper pays does not depend on it.
            </p>
            <div className="grid gap-4 sm:grid-cols-2">{WEIGHT_FIELDS.map(field)}</div>
          </fieldset>
          {save.isError && <FaultNotice sentence={readFault(save.error).sentence} />}
          <div className="flex flex-wrap items-start gap-3">
            <Button disabledReason={why} onClick={() => setPreviewed(rules)}>
              Show what changes
            </Button>
            {isChanged && (
              <>
                <Button type="submit" variant="primary" pending={save.isPending}>
                  Save the rules
                </Button>
                <Button
                  variant="quiet"
                  onClick={() => {
                    setTyped({});
                    setPreviewed(null);
                  }}
                >
                  As they were
                </Button>
              </>
            )}
          </div>
        </form>
      </Card>
      <div className="flex min-w-0 flex-col gap-4 lg:sticky lg:top-20 lg:max-h-[calc(100dvh-6rem)] lg:overflow-y-auto">
        {undo && (
          <div
            role="status"
            className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-card bg-ok-soft px-4 py-3 text-ok"
          >
            <p className="min-w-48 flex-1 font-medium">
              Saved. New carts are sourced by these rules; what is promised stays.
            </p>
            <Button
              size="small"
              pending={save.isPending}
              onClick={() => save.mutate({ regionId, rules: undo }, { onSuccess: () => setSaved(null) })}
            >
              Undo
            </Button>
          </div>
        )}
        <RulesPreview
          regionId={regionId}
          rules={previewed}
          currency={known.currency}
          isStale={previewed !== null && (rules === null || !isSame(previewed, rules))}
        />
      </div>
    </div>
  );

  function field(name: RuleName) {
    const { label, does, unit, least, most } = RULE_FIELDS[name];
    const unitName = unit === "money" ? ` (${known.currency})` : unit === "percent" ? " (%)" : "";
    const range = (value: number) => (unit === "money" ? formatMoney(value, known.currency) : String(value));
    return (
      <TextField
        key={name}
        label={`${label}${unitName}`}
        hint={does}
        error={
          wrong.has(name)
            ? `${unit === "money" ? "An amount" : "A whole number"} from ${range(least)} to ${range(most)}`
            : undefined
        }
        inputMode={unit === "money" ? "decimal" : "numeric"}
        value={typed[name] ?? textOf(known.rules, name)}
        onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
      />
    );
  }
}
