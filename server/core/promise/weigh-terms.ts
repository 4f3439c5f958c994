import type { CarrierRun } from "./parcel-problem.ts";
import type { PromiseProblem, SourcingPolicy, WindowAsk } from "./promise-problem.ts";

/** What a cent of each term counts when nodes, vans and carriers are chosen; 1: a cent. Above 0. */
export interface TermWeights {
  readonly handling: number;
  readonly picking: number;
  readonly busy: number;
  readonly route: number;
  readonly carrier: number;
  readonly split: number;
  /** Of bringing goods to where they are collected. */
  readonly transfer: number;
}

export const EVEN_WEIGHTS: TermWeights = {
  handling: 1,
  picking: 1,
  busy: 1,
  route: 1,
  carrier: 1,
  split: 1,
  transfer: 1,
};

/** The problem in weighed cents: whatever is summed up of it, terms and bounds alike, is weighed. Weigh once. */
export function weighSources<Problem extends Pick<PromiseProblem, "nodes" | "policy">>(problem: Problem): Problem {
  const { nodes, policy } = problem;
  const { handling, picking, busy, split } = policy.weights;
  if (handling === 1 && picking === 1 && busy === 1 && split === 1) return problem;
  return {
    ...problem,
    nodes: nodes.map((node) => ({
      ...node,
      handlingCents: node.handlingCents * handling,
      pickHourCents: node.pickHourCents * picking,
    })),
    policy: {
      ...policy,
      split: { ...policy.split, splitCost: policy.split.splitCost * split },
      busy: { ...policy.busy, hourCents: policy.busy.hourCents * busy },
    } satisfies SourcingPolicy,
  };
}

/** The rates of the vans that are asked, weighed. Copies the places only where the way counts otherwise. */
export function weighAsks(asks: readonly WindowAsk[], { route }: TermWeights): readonly WindowAsk[] {
  if (route === 1) return asks;
  const weigh = (cost: Float64Array) => cost.map((cents) => cents * route);
  return asks.map((ask) => {
    const { offer } = ask.inTime;
    const { legCost, metreCost, secondCost } = offer;
    const weighed = {
      ...offer,
      legCost: weigh(legCost),
      metreCost: weigh(metreCost),
      secondCost: weigh(secondCost),
    };
    return { ...ask, inTime: { ...ask.inTime, offer: weighed } };
  });
}

/** The carriers' rates, weighed. */
export function weighRuns(runs: readonly CarrierRun[], { carrier }: TermWeights): readonly CarrierRun[] {
  if (carrier === 1) return runs;
  return runs.map((run) => ({ ...run, baseCents: run.baseCents * carrier, kgCents: run.kgCents * carrier }));
}
