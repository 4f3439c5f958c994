"use client";

import { Button } from "#components/ui/button.tsx";
import type { ShortLine } from "#server/domain/quote.ts";
import { fillText } from "./fill-text.ts";
import { useWords } from "./words.tsx";

/** Of which goods there is too little for any window, and the way on without them. */
export function ShortNotice({ short, onGoOn }: { short: readonly ShortLine[]; onGoOn: (() => void) | undefined }) {
  const { say } = useWords();
  return (
    <section
      role="alert"
      aria-label={say.leftOut.title}
      className="flex flex-col gap-3 rounded-card bg-warn-soft px-4 py-3 text-warn"
    >
      <p className="font-medium">{say.leftOut.title}</p>
      <ul className="flex flex-col gap-1 text-sm">
        {short.map(({ skuId, name, wanted, available }) => (
          <li key={skuId}>
            {fillText(available === 0 ? say.leftOut.none : say.leftOut.fewer, {
              name,
              wanted: String(wanted),
              available: String(available),
            })}
          </li>
        ))}
      </ul>
      {onGoOn && (
        <Button className="self-start" onClick={onGoOn}>
          {say.leftOut.goOn}
        </Button>
      )}
    </section>
  );
}

/** What the shopper goes on without, for as long as that is so, and the way back. */
export function LeftOutNotice({ short, onPutBack }: { short: readonly ShortLine[]; onPutBack: () => void }) {
  const { say } = useWords();
  const goods = short.map(({ name, wanted, available }) => `${wanted - available} × ${name}`).join(", ");
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-card bg-info-soft px-4 py-3 text-info"
    >
      <p className="min-w-48 flex-1 font-medium">{fillText(say.leftOut.without, { goods })}</p>
      <Button size="small" onClick={onPutBack}>
        {say.leftOut.putBack}
      </Button>
    </div>
  );
}
