import { z } from "zod";
import { type AreaGeometry, areaOfGeoJson } from "#server/domain/service-area.ts";
import { isTimeZone } from "./time-zone.ts";

/** What one column of an import file holds: how it reads, and how it is said in the documentation and in every complaint. */
export interface Column<T = unknown> {
  /** Completes "must be …". */
  readonly says: string;
  readonly schema: z.ZodType<T, string>;
  /** What an empty field means, or null when the column must be filled; completes "empty: …". */
  readonly whenEmpty: string | null;
}

function column<T>(says: string, schema: z.ZodType<T, string>): Column<T> {
  return { says, schema, whenEmpty: null };
}

/** The column may be left out or its field left empty, which reads as null. */
export function optional<T>(column: Column<T>, whenEmpty: string): Column<T | null> {
  return { ...column, whenEmpty };
}

/** A name in lists, files and on labels: what `app.code` takes. */
export function code(): Column<string> {
  return column(
    "a code of capitals and digits (at most 32) with single hyphens between",
    z.string().regex(/^[A-Z0-9](-?[A-Z0-9]){0,31}$/),
  );
}

export function text(maxLength: number): Column<string> {
  // Postgres counts characters, JavaScript counts UTF-16 units.
  const fits = (value: string) => value !== "" && [...value].length <= maxLength && !/\p{Cc}/u.test(value);
  return column(`text of 1 to ${maxLength} characters on one line`, z.string().refine(fits));
}

export function integer(min: number, max: number): Column<number> {
  return column(
    `a whole number from ${min} to ${max}`,
    z
      .string()
      .regex(/^-?\d{1,15}$/)
      .transform(Number)
      .pipe(z.int().min(min).max(max)),
  );
}

export function degrees(min: number, max: number): Column<number> {
  return column(
    `degrees from ${min} to ${max} with a decimal point`,
    z
      .string()
      .regex(/^-?\d{1,3}(\.\d{1,20})?$/)
      .transform(Number)
      .pipe(z.number().min(min).max(max)),
  );
}

export function oneOf<const T extends readonly string[]>(values: T): Column<T[number]> {
  return column(`one of ${values.join(", ")}`, z.enum(values));
}

export function yesNo(): Column<boolean> {
  return column(
    "yes or no",
    z.enum(["yes", "no"]).transform((value) => value === "yes"),
  );
}

/** The text of a GeoJSON geometry, or of a feature or collection that holds some. */
export function geoJsonArea(): Column<AreaGeometry> {
  return column(
    "a GeoJSON area: polygons with closed rings, together of at most 5000 points",
    z.string().transform((text, context) => {
      const area = areaOfGeoJson(text);
      if (area === null) context.addIssue({ code: "custom" });
      return area ?? z.NEVER;
    }),
  );
}

/** A calendar day, local to whom it belongs. */
export function day(): Column<string> {
  return column(
    "a day such as 2026-12-25",
    z.iso.date().refine((text) => text >= "2000" && text < "2200"),
  );
}

/** Local wall-clock time, of the region or the node; "24:00" ends a day. */
export function time(): Column<string> {
  return column("a time of day such as 07:30", z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/));
}

export function weekday(): Column<number> {
  return { ...integer(1, 7), says: "a weekday from 1 (Monday) to 7 (Sunday)" };
}

/** Days of the week in a row, as digits: "12345". */
export function weekdays(): Column<string> {
  return column(
    "weekdays from 1 (Monday) to 7 (Sunday) in a row such as 12345",
    z.string().regex(/^(?=.)1?2?3?4?5?6?7?$/),
  );
}

export function timeZone(): Column<string> {
  return column("a time zone such as Europe/Lisbon", z.string().refine(isTimeZone));
}

const CURRENCIES = new Set(Intl.supportedValuesOf("currency"));

export function currency(): Column<string> {
  return column(
    "a currency such as EUR",
    z.string().refine((name) => CURRENCIES.has(name)),
  );
}

export function email(): Column<string> {
  return column("an e-mail address", z.email().max(254).toLowerCase());
}
