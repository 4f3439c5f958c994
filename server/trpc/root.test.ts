import { expect, test } from "vitest";
import * as z from "zod";
import { rootRouter } from "./root.ts";

// What every procedure must refuse before it looks at anything, shown on each place of each input: an input that parses is
// made from the schema, one place of it is spoilt, and nothing else.

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Path = readonly (string | number)[];

interface Procedure {
  readonly name: string;
  readonly input: z.ZodType;
  readonly sample: Json;
}

interface Schema {
  readonly type?: string;
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly prefixItems?: readonly Schema[];
  readonly minItems?: number;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

const WORDS = ["A", "08:00", "0".repeat(32), "+351 222 000 000", "sixteen-letters-"];

function sampleOf(schema: Schema): Json {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0]!;
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return sampleOf(either[0]!);
  if (schema.type === "object")
    return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, of]) => [name, sampleOf(of)]));
  if (schema.prefixItems) return schema.prefixItems.map(sampleOf);
  if (schema.type === "array")
    return Array.from({ length: Math.max(1, schema.minItems ?? 1) }, () => sampleOf(schema.items!));
  if (schema.type === "boolean") return true;
  if (schema.type === "integer" || schema.type === "number") return Math.max(1, schema.minimum ?? 1);
  if (schema.format === "uuid") return "8f1b6a52-7c34-4d0e-9b1a-2f6c5d4e3a21";
  if (schema.format === "date") return "2026-03-02";
  if (schema.format === "date-time") return "2026-03-02T09:00:00Z";
  const pattern = new RegExp(schema.pattern ?? "");
  return WORDS.find((word) => pattern.test(word) && word.length >= (schema.minLength ?? 0))!;
}

// Flat at runtime, whatever their type says.
const declared = rootRouter._def.procedures as unknown as Record<string, { _def: { inputs: z.ZodType[] } }>;

/** Where one field binds another, and no schema says so. */
const FITTING: Readonly<Record<string, Json>> = {
  "calendars.setDay": { hours: { opens: "08:00", closes: "09:00" } },
  "calendars.setBlackout": { service: "pickup" },
  "calendars.clearBlackout": { service: "pickup" },
};

function sampleFor(name: string, input: z.ZodType): Json {
  const sample = sampleOf(z.toJSONSchema(input, { io: "input" }) as Schema);
  return name in FITTING ? { ...(sample as object), ...(FITTING[name] as object) } : sample;
}

// A procedure without an input reads nothing of a request.
const procedures: Procedure[] = Object.entries(declared).flatMap(([name, { _def }]) =>
  _def.inputs.map((input) => ({ name, input, sample: sampleFor(name, input) })),
);

/** Every place of a value, itself first. */
function placesOf(value: Json, path: Path = []): { path: Path; value: Json }[] {
  const parts: [string | number, Json][] = Array.isArray(value)
    ? [...value.entries()]
    : typeof value === "object" && value !== null
      ? Object.entries(value)
      : [];
  return [{ path, value }, ...parts.flatMap(([at, part]) => placesOf(part, [...path, at]))];
}

function withPlace(value: Json, [at, ...rest]: Path, put: unknown): unknown {
  if (at === undefined) return put;
  if (Array.isArray(value)) return value.map((part, i) => (i === at ? withPlace(part, rest, put) : part));
  const parts = value as { [name: string]: Json };
  return { ...parts, [at]: withPlace(parts[at]!, rest, put) };
}

/** The places whose value, exchanged for one of `spoil`'s, is let in all the same. */
function letIn(spoil: (value: Json) => unknown[]): string[] {
  return procedures.flatMap(({ name, input, sample }) =>
    placesOf(sample).flatMap(({ path, value }) =>
      spoil(value).flatMap((put) =>
        input.safeParse(withPlace(sample, path, put)).success
          ? [`${name} ${path.join(".")}: ${JSON.stringify(put)?.slice(0, 40)}`]
          : [],
      ),
    ),
  );
}

const isObject = (value: Json) => typeof value === "object" && value !== null && !Array.isArray(value);

test("each input has a sample that parses, so that a refusal below has one reason", () => {
  expect(procedures.length).toBeGreaterThan(25);
  expect(procedures.filter(({ input, sample }) => !input.safeParse(sample).success)).toEqual([]);
});

test("no input takes a name that it does not know", () => {
  expect(letIn((value) => (isObject(value) ? [{ ...(value as object), unheardOf: 1 }] : []))).toEqual([]);
});

test("no input takes a value of another kind", () => {
  const kinds: Json[] = [true, 1.5, "\u0001 no name", [[]], [{}], { length: 1 }];
  const kindOf = (value: Json) => (Array.isArray(value) ? "array" : typeof value);
  expect(letIn((value) => kinds.filter((kind) => kindOf(kind) !== kindOf(value)))).toEqual([]);
});

test("no text and no list is taken at any length", () => {
  expect(letIn((value) => (typeof value === "string" ? ["x".repeat(3000), "0".repeat(3000)] : []))).toEqual([]);
  expect(letIn((value) => (typeof value === "string" ? [`${value.slice(0, -1)}.${"1".repeat(3000)}Z`] : []))).toEqual(
    [],
  );
  expect(letIn((value) => (Array.isArray(value) ? [Array(6000).fill(value[0])] : []))).toEqual([]);
});

test("no number is taken at any size", () => {
  const sizes = [Number.NaN, Number.POSITIVE_INFINITY, 1e300, -1e300, 2 ** 53];
  expect(letIn((value) => (typeof value === "number" ? sizes : []))).toEqual([]);
});

test("no text is taken that the database cannot hold", () => {
  const spoilt = (text: string) => ["\0", "\ud800"].map((none) => `${text.slice(0, 1)}${none}${text.slice(1)}`);
  expect(letIn((value) => (typeof value === "string" ? spoilt(value) : []))).toEqual([]);
});

test("no day and no instant is taken that a calendar does not reach", () => {
  const days = ["0000-01-01", "1999-12-31", "9999-12-31", "2026-02-30"];
  expect(letIn((value) => (value === "2026-03-02" ? days : []))).toEqual([]);
  expect(letIn((value) => (value === "2026-03-02T09:00:00Z" ? days.map((day) => `${day}T09:00:00Z`) : []))).toEqual([]);
});
