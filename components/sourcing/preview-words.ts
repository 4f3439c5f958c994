import type { SampleChoice, SourcingSample } from "#server/domain/sourcing-preview.ts";

/** Whether other rules serve a sample otherwise: from elsewhere, by another carrier, or in more windows or fewer. */
export function isChanged({ now, then }: SourcingSample): boolean {
  return (
    differsInDelivery({ now, then }) ||
    wordsOfParcel(now) !== wordsOfParcel(then) ||
    now.openWindows !== then.openWindows
  );
}

/** "3 of 12 sample carts would come from another node, 1 would be split that is not now." */
export function previewSentence(samples: readonly SourcingSample[]): string {
  const count = (test: (sample: SourcingSample) => boolean) => samples.filter(test).length;
  const parts = ({ delivery }: SampleChoice) => delivery?.nodes.length ?? 0;
  const moved = count(
    ({ now, then }) => parts(now) === parts(then) && parts(now) > 0 && differsInDelivery({ now, then }),
  );
  const outcomes: readonly (readonly [number, string])[] = [
    [moved, "come from another node"],
    [count(({ now, then }) => parts(now) === 1 && parts(then) > 1), "be split"],
    [count(({ now, then }) => parts(now) > 1 && parts(then) === 1), "no longer be split"],
    [count(({ now, then }) => parts(now) > 0 && parts(then) === 0), "no longer be delivered at all"],
    [count(({ now, then }) => parts(now) === 0 && parts(then) > 0), "become deliverable"],
    [count(({ now, then }) => wordsOfParcel(now) !== wordsOfParcel(then)), "be another parcel"],
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
    (sum, { now, then }) =>
      sum + (now.delivery && then.delivery ? then.delivery.costCents - now.delivery.costCents : 0),
    0,
  );
}

function differsInDelivery({ now, then }: Pick<SourcingSample, "now" | "then">): boolean {
  return now.delivery?.nodes.join() !== then.delivery?.nodes.join();
}

function wordsOfParcel({ parcel }: SampleChoice): string {
  return parcel ? `${parcel.nodes.join()} ${parcel.carriers.join()}` : "";
}
