"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Service } from "#server/domain/state.ts";
import type { CalendarOf, CutOffOfScope } from "./calendar-data.ts";
import { cutOffWords, SERVICES, WEEKDAYS } from "./calendar-words.ts";
import { CutOffDialog } from "./cut-off-dialog.tsx";

interface Week {
  readonly service: Service;
  readonly nodeId: CutOffOfScope["nodeId"];
  readonly who: string;
  readonly rules: readonly CutOffOfScope[];
}

/** Until when a weekday's windows can be ordered, by service; ops change it. */
export function CutOffBoard({ of, cutOffs }: { of: CalendarOf; cutOffs: readonly CutOffOfScope[] }) {
  const [edited, setEdited] = useState<Week | null>(null);
  const weeks = weeksOf(of, cutOffs);
  return (
    <section aria-labelledby="cut-offs" className="mt-2">
      <h2 id="cut-offs" className="font-semibold text-lg">
        Order by
      </h2>
      <p className="mb-2 max-w-prose text-ink-muted text-sm">
        Whatever is picked in time anyway: after this nothing more is taken for the day. A node&apos;s own rule counts
        instead of its region&apos;s.
      </p>
      {/* Positioned: what is said to screen readers alone would else widen the page. */}
      <section
        aria-label="Cut-offs by weekday"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
        tabIndex={0}
        className="relative overflow-x-auto rounded-card border border-line bg-surface"
      >
        <table className="w-full min-w-3xl border-collapse text-sm">
          <thead>
            <tr className="border-line border-b text-ink-muted">
              <th scope="col" className="px-3 py-2 text-start font-medium">
                Service
              </th>
              {WEEKDAYS.map((name) => (
                <th key={name} scope="col" className="px-2 py-2 text-start font-medium">
                  {name.slice(0, 3)}
                </th>
              ))}
              {of.isOps && (
                <th scope="col">
                  <span className="sr-only">Change</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {weeks.map((week) => (
              <tr key={`${week.service} ${week.nodeId}`} className="border-line border-b last:border-b-0">
                <th scope="row" className="px-3 py-2 text-start align-top font-medium">
                  {SERVICES[week.service]}
                  <span className="block font-normal text-ink-muted">{week.who}</span>
                </th>
                {WEEKDAYS.map((name, i) => {
                  const rule = week.rules.find(({ weekday }) => weekday === i + 1);
                  return (
                    <td key={name} className="px-2 py-2 align-top">
                      {rule ? cutOffWords(rule) : <span className="text-ink-muted">–</span>}
                    </td>
                  );
                })}
                {of.isOps && (
                  <td className="px-2 py-1.5 text-end align-top">
                    <Button
                      size="small"
                      aria-label={`Change ${SERVICES[week.service].toLowerCase()}, ${week.who}`}
                      onClick={() => setEdited(week)}
                    >
                      Change
                    </Button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {edited && <CutOffDialog of={of} week={edited} onClose={() => setEdited(null)} />}
    </section>
  );
}

/** The region's week of each service, those that single nodes have, and for ops in one node's calendar a row to give it one. */
function weeksOf(of: CalendarOf, cutOffs: readonly CutOffOfScope[]): Week[] {
  return Service.options.flatMap((service) => {
    const rules = cutOffs.filter((rule) => rule.service === service);
    const ofNodes = new Map(
      rules.flatMap(({ nodeId, nodeName }) => (nodeId === null ? [] : [[nodeId, nodeName ?? nodeId]])),
    );
    const own = of.nodes.find(({ id }) => id === of.nodeId);
    // Who cannot change it need not read that there is none.
    if (own && of.isOps) ofNodes.set(own.id, own.name);
    return [
      { service, nodeId: null, who: "Whole region", rules: rules.filter(({ nodeId }) => nodeId === null) },
      ...[...ofNodes].map(([nodeId, who]) => ({
        service,
        nodeId,
        who,
        rules: rules.filter((rule) => rule.nodeId === nodeId),
      })),
    ];
  });
}

export type { Week as CutOffWeek };
