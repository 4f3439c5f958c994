import { expect, test } from "vitest";
import { SourcingRules } from "#server/domain/sourcing-rules.ts";
import { isSame, POLICY_FIELDS, parseRule, RULE_FIELDS, rulesOf, textOf, WEIGHT_FIELDS } from "./rule-fields.ts";

const KNOWN = SourcingRules.parse({
  ...{ mostNodes: 2, leastPartCents: 0, splitCents: 505, busyPercent: 80, busyHourCents: 3600 },
  weights: { handling: 100, picking: 100, busy: 100, route: 100, carrier: 100, split: 100, transfer: 100 },
});

test("every rule that is not touched is read as it was written", () => {
  for (const name of [...POLICY_FIELDS, ...WEIGHT_FIELDS])
    expect(rulesOf(KNOWN, { [name]: textOf(KNOWN, name) }).rules).toEqual(KNOWN);
  expect(textOf(KNOWN, "splitCents")).toBe("5.05");
});

test("money takes a comma or a point, and no third decimal", () => {
  expect(["7", "7,5", "7.05", " 0.29 "].map((text) => parseRule("splitCents", text))).toEqual([700, 750, 705, 29]);
  expect(["", "-1", "7.055", "1e3", "seven", "100000"].map((text) => parseRule("splitCents", text))).toEqual(
    Array(6).fill(null),
  );
});

test("a field accepts exactly what the domain does", () => {
  for (const name of [...POLICY_FIELDS, ...WEIGHT_FIELDS]) {
    const { least, most, unit } = RULE_FIELDS[name];
    const typed = (value: number) => (unit === "money" ? (value / 100).toFixed(2) : String(value));
    for (const value of [least, most]) expect(rulesOf(KNOWN, { [name]: typed(value) }).rules, name).not.toBeNull();
    const beyond = SourcingRules.safeParse(
      name in KNOWN ? { ...KNOWN, [name]: most + 1 } : { ...KNOWN, weights: { ...KNOWN.weights, [name]: most + 1 } },
    );
    expect(beyond.success, name).toBe(false);
    expect(rulesOf(KNOWN, { [name]: typed(most + 1) }).wrong, name).toEqual(new Set([name]));
  }
});

test("rules are the same when every one of them is", () => {
  expect(isSame(KNOWN, { ...KNOWN })).toBe(true);
  expect(isSame(KNOWN, { ...KNOWN, weights: { ...KNOWN.weights, route: 99 } })).toBe(false);
});
