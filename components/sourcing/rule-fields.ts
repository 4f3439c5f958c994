import { SourcingRules, type TermPercents } from "#server/domain/sourcing-rules.ts";

type Plain = Exclude<keyof SourcingRules, "weights">;
export type RuleName = Plain | keyof TermPercents;

interface RuleField {
  readonly label: string;
  /** What it does, for somebody who has never seen the engine. */
  readonly does: string;
  readonly unit: "money" | "percent" | "count";
  /** What is accepted, said when something else was typed. Money in hundredths. */
  readonly least: number;
  readonly most: number;
}

/** Each rule by what it is called, what it does and what it may be; the ranges are those of the domain. */
export const RULE_FIELDS: Record<RuleName, RuleField> = {
  mostNodes: {
    label: "Nodes for one cart, at most",
    does: "1: a cart is never split.",
    ...{ unit: "count", least: 1, most: 4 },
  },
  leastPartCents: {
    label: "Least value of a part",
    does: "A part with goods worth less is not sent on its own.",
    ...{ unit: "money", least: 0, most: 10_000_000 },
  },
  splitCents: {
    label: "Cost of a split",
    does: "What every part after the first counts besides its own cost: a second box, a second doorbell.",
    ...{ unit: "money", least: 0, most: 1_000_000 },
  },
  busyPercent: {
    label: "An hour is busy from",
    does: "Of its picking seconds. From there on each further second is dearer, so that quieter nodes get the order.",
    ...{ unit: "percent", least: 0, most: 100 },
  },
  busyHourCents: {
    label: "A full hour costs, per hour of picking",
    does: "On top of the picker's pay, in an hour that is filled to the last second. 0: busy hours are no dearer.",
    ...{ unit: "money", least: 0, most: 1_000_000 },
  },
  handling: {
    label: "Handling",
    does: "What an order costs at a node before anything is picked. More: carts go to nodes that are cheap to run.",
    ...{ unit: "percent", least: 1, most: 1000 },
  },
  picking: {
    label: "Picking",
    does: "The picker's time. More: carts go to nodes that pick fast and cheaply.",
    ...{ unit: "percent", least: 1, most: 1000 },
  },
  busy: {
    label: "Busy hours",
    does: "What a busy hour costs besides. More: work is spread sooner over quieter nodes.",
    ...{ unit: "percent", least: 1, most: 1000 },
  },
  route: {
    label: "Driving",
    does: "The kilometres and minutes of the van. More: fewer kilometres, from nodes that are nearer.",
    ...{ unit: "percent", least: 1, most: 1000 },
  },
  carrier: {
    label: "Carriers",
    does: "What carriers take for parcels. More: cheaper carriers, even from dearer nodes.",
    ...{ unit: "percent", least: 1, most: 1000 },
  },
  split: {
    label: "Splits",
    does: "The cost of a split. More: fewer carts come in several parts.",
    ...{ unit: "percent", least: 1, most: 1000 },
  },
  transfer: {
    label: "Transfers",
    does: "What a lane costs that brings goods to a pickup store. More: carts are rather picked where they are collected.",
    ...{ unit: "percent", least: 1, most: 1000 },
  },
};

export const POLICY_FIELDS = ["mostNodes", "leastPartCents", "splitCents", "busyPercent", "busyHourCents"] as const;
export const WEIGHT_FIELDS = ["handling", "picking", "busy", "route", "carrier", "split", "transfer"] as const;

/** What stands in the form, by rule; whatever was not touched is as the region has it. */
export type TypedRules = Readonly<Partial<Record<RuleName, string>>>;

export function ruleIn(rules: SourcingRules, name: RuleName): number {
  return isWeight(name) ? rules.weights[name] : rules[name];
}

/** As it is typed: money with two decimals, everything else as a whole number. */
export function textOf(rules: SourcingRules, name: RuleName): string {
  const value = ruleIn(rules, name);
  return RULE_FIELDS[name].unit === "money" ? (value / 100).toFixed(2) : String(value);
}

/** The number that a text stands for, money in hundredths; null where it is none within the field's range. */
export function parseRule(name: RuleName, text: string): number | null {
  const { unit, least, most } = RULE_FIELDS[name];
  const trimmed = text.trim();
  const pattern = unit === "money" ? /^\d{1,6}([.,]\d{1,2})?$/ : /^\d{1,4}$/;
  if (!pattern.test(trimmed)) return null;
  const value = Math.round(Number(trimmed.replace(",", ".")) * (unit === "money" ? 100 : 1));
  return value >= least && value <= most ? value : null;
}

/** The rules that the form stands for, and the fields that stand for nothing. */
export function rulesOf(
  known: SourcingRules,
  typed: TypedRules,
): { rules: SourcingRules | null; wrong: Set<RuleName> } {
  const entries = (names: readonly RuleName[]) =>
    names.map((name) => {
      const text = typed[name];
      return [name, text === undefined ? ruleIn(known, name) : parseRule(name, text)] as const;
    });
  const [policy, weights] = [entries(POLICY_FIELDS), entries(WEIGHT_FIELDS)];
  const wrong = new Set([...policy, ...weights].flatMap(([name, value]) => (value === null ? [name] : [])));
  const rules = SourcingRules.safeParse({ ...Object.fromEntries(policy), weights: Object.fromEntries(weights) });
  return { rules: wrong.size === 0 && rules.success ? rules.data : null, wrong };
}

export function isSame(one: SourcingRules, other: SourcingRules): boolean {
  return [...POLICY_FIELDS, ...WEIGHT_FIELDS].every((name) => ruleIn(one, name) === ruleIn(other, name));
}

function isWeight(name: RuleName): name is keyof TermPercents {
  return (WEIGHT_FIELDS as readonly RuleName[]).includes(name);
}
