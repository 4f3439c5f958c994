import type { SampleChoice, SourcingSample } from "#server/domain/sourcing-preview.ts";

/** Whether other rules serve a sample otherwise: from elsewhere, by another carrier, or in more windows or fewer. */
export function isChanged({ before, after }: SourcingSample): boolean {
  return (
    differsInDelivery({ before, after }) ||
    wordsOfParcel(before) !== wordsOfParcel(after) ||
    before.openWindows !== after.openWindows
  );
}

/** "3 of 12 sample carts would come from another node, 1 would be split that is not before." */
export function previewSentence(samples: readonly SourcingSample[]): string {
  const count = (test: (sample: SourcingSample) => boolean) => samples.filter(test).length;
  const parts = ({ delivery }: SampleChoice) => delivery?.nodes.length ?? 0;
  const moved = count(
    ({ before, after }) => parts(before) === parts(after) && parts(before) > 0 && differsInDelivery({ before, after }),
  );
  const outcomes: readonly (readonly [number, string])[] = [
    [moved, "come from another node"],
    [count(({ before, after }) => parts(before) === 1 && parts(after) > 1), "be split"],
    [count(({ before, after }) => parts(before) > 1 && parts(after) === 1), "no longer be split"],
    [count(({ before, after }) => parts(before) > 0 && parts(after) === 0), "no longer be delivered at all"],
    [count(({ before, after }) => parts(before) === 0 && parts(after) > 0), "become deliverable"],
    [count(({ before, after }) => wordsOfParcel(before) !== wordsOfParcel(after)), "be another parcel"],
  ];
  const told = outcomes.filter(([n]) => n > 0).map(([n, words]) => `${n} would ${words}`);
  const first = told[0];
  if (first === undefined) {
    const opened = count(isChanged);
    return opened > 0
      ? `${opened} of ${samples.length} sample carts would have other windows open.`
      : `None of the ${samples.length} sample carts would be served otherwise.`;
  }
  return `Of ${samples.length} sample carts ${told.join(", ")}.`;
}

/** What the samples that are delivered by both rules would cost more, in cents; below zero: less. */
export function costChangeCents(samples: readonly SourcingSample[]): number {
  return samples.reduce(
    (sum, { before, after }) =>
      sum + (before.delivery && after.delivery ? after.delivery.costCents - before.delivery.costCents : 0),
    0,
  );
}

function differsInDelivery({ before, after }: Pick<SourcingSample, "before" | "after">): boolean {
  return before.delivery?.nodes.join() !== after.delivery?.nodes.join();
}

function wordsOfParcel({ parcel }: SampleChoice): string {
  return parcel ? `${parcel.nodes.join()} ${parcel.carriers.join()}` : "";
}
