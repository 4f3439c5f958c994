"use client";

import { Check, X } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { formatTime } from "#components/ui/format-time.ts";
import { WindowText } from "#components/ui/time-text.tsx";
import type { CheckName, ExplainedPart, ExplainedWindow, Explanation } from "#server/domain/explanation.ts";
import { REASONS } from "#server/domain/reason-sentences.ts";
import type { Service } from "#server/domain/state.ts";
import { CHECKS, checkWord, outcomeOf, routeWords, runWords, windowWords, workloadWords } from "./check-words.ts";

/** One window: what binds it, what the shopper reads, what would open it, and the four checks of the closest plan. */
export function WindowFigures({ explanation, window }: { explanation: Explanation; window: ExplainedWindow }) {
  const { timeZone, service } = explanation;
  const { binding, parts } = window;
  const { word, tone } = outcomeOf(window, service);
  const reason = binding && REASONS[binding.reason.code];
  return (
    <Card className="flex flex-col gap-3 p-4">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="font-semibold">
          <WindowText startsAt={window.startsAt} endsAt={window.endsAt} zone={timeZone} withDay />
        </h2>
        <Badge tone={tone}>{binding ? `${word} binds` : word}</Badge>
      </div>
      <div aria-live="polite" className="flex flex-col gap-1">
        {binding && reason ? (
          <>
            <p>
              The shopper reads: “
              {reason.shopper(binding.reason.at && formatTime(binding.reason.at, timeZone, "day-time"))}”
            </p>
            <p className="font-medium">{reason.remedy}</p>
          </>
        ) : (
          <p>All four checks are passed: a shopper can choose it.</p>
        )}
      </div>
      {parts.map((part) => (
        <PartChecks key={part.nodeId} explanation={explanation} window={window} part={part} />
      ))}
      {binding?.check === "stock" && <StockTable explanation={explanation} />}
    </Card>
  );
}

function PartChecks({
  explanation,
  window,
  part,
}: {
  explanation: Explanation;
  window: ExplainedWindow;
  part: ExplainedPart;
}) {
  const { nodes, lines, service, timeZone } = explanation;
  const binding = window.binding?.check ?? null;
  const stock = part.stock.lines.map(
    ({ line, units, available }) => `${lines[line]?.name}: ${units} wanted, ${available} to promise.`,
  );
  const checks: readonly { name: CheckName; passed: boolean; words: readonly string[] }[] = [
    { name: "stock", passed: part.stock.passed, words: stock },
    {
      name: "window",
      passed: part.window.passed && window.places !== 0,
      words: windowWords(part, window, explanation),
    },
    { name: "workload", passed: part.workload?.passed ?? false, words: workloadWords(part, timeZone) },
    service === "delivery"
      ? { name: "route", passed: part.route?.passed ?? false, words: routeWords(part, timeZone) }
      : { name: "route", passed: part.run?.passed ?? false, words: runWords(part, service, timeZone) },
  ];
  return (
    <section className="flex flex-col gap-2">
      <h3 className="font-medium text-sm">
        {nodes.find(({ nodeId }) => nodeId === part.nodeId)?.name}
        {binding && <span className="text-ink-muted"> comes closest</span>}
      </h3>
      <dl className="grid gap-2 sm:grid-cols-2">
        {checks.map(({ name, passed, words }) => (
          <CheckFigures
            key={name}
            name={name}
            service={service}
            passed={passed}
            isBinding={name === binding && !passed}
          >
            {words.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </CheckFigures>
        ))}
      </dl>
    </section>
  );
}

function CheckFigures({
  name,
  service,
  passed,
  isBinding,
  children,
}: {
  name: CheckName;
  service: Service;
  passed: boolean;
  isBinding: boolean;
  children: ReactNode;
}) {
  return (
    <div className={`rounded-control border p-3 ${isBinding ? "border-line-strong bg-sunken" : "border-line"}`}>
      <dt className="flex items-center gap-2 font-medium text-sm">
        {checkWord(name, service)}
        <Badge tone={passed ? "ok" : CHECKS[name].tone}>
          {passed ? <Check className="size-3" aria-hidden="true" /> : <X className="size-3" aria-hidden="true" />}
          {passed ? "passed" : isBinding ? "binds" : "failed too"}
        </Badge>
      </dt>
      <dd className="mt-1 text-ink-muted text-sm">{children}</dd>
    </div>
  );
}

/** What each node could promise of each line. */
function StockTable({ explanation: { nodes, lines, mostNodes } }: { explanation: Explanation }) {
  const isSpread = lines.every(({ units }, line) =>
    nodes.some(({ available, isPaused }) => !isPaused && (available[line] ?? 0) >= units),
  );
  return (
    <section className="flex flex-col gap-2" aria-label="Units to promise">
      {isSpread && (
        <p className="text-sm">
          Each line is at some node, but the rules let a cart come from{" "}
          {mostNodes === 1 ? "one node only" : `${mostNodes} nodes at most`}, with parts worth enough and goods that
          belong together.
        </p>
      )}
      <div className="overflow-x-auto">
        <table className="w-full text-sm">
          <caption className="sr-only">Units that each node could promise of each line</caption>
          <thead>
            <tr className="text-ink-muted">
              <th scope="col" className="py-1 pe-3 text-start font-medium">
                Node
              </th>
              {lines.map(({ skuId, name, units }) => (
                <th key={skuId} scope="col" className="px-3 py-1 text-end font-medium">
                  {name} ({units} wanted)
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {nodes.map(({ nodeId, name, isPaused, available }) => (
              <tr key={nodeId} className="border-line border-t">
                <th scope="row" className="py-1 pe-3 text-start font-normal">
                  {name} {isPaused && <Badge>paused</Badge>}
                </th>
                {lines.map(({ skuId, units }, line) => {
                  const have = Math.max(0, available[line] ?? 0);
                  return (
                    <td key={skuId} className="px-3 py-1 text-end tabular-nums">
                      {have}
                      {have < units && <span className="text-late"> ({units - have} short)</span>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
