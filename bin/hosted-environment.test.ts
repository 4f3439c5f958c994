import { expect, test } from "vitest";
import { backendVariables, hostedBackend } from "./hosted-environment.ts";
import { OperatorError } from "./verb.ts";

const hosted = {
  NODE_ENV: "test",
  NEXT_PUBLIC_SUPABASE_URL: "https://project.supabase.co",
  NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: "sb_publishable_x",
  SUPABASE_SECRET_KEY: "sb_secret_x",
  DATABASE_URL: "postgres://postgres:secret@db.project.supabase.co:5432/postgres",
} as const;

test("an environment that names no Supabase wants the embedded one", () => {
  expect(hostedBackend({ NODE_ENV: "test" })).toBeUndefined();
  expect(hostedBackend({ NODE_ENV: "test", DATABASE_URL: "" })).toBeUndefined();
});

test("a hosted Supabase is passed on as it is named", () => {
  const { NODE_ENV, ...variables } = hosted;
  expect(backendVariables(hostedBackend(hosted)!)).toEqual(variables);
});

test.each([
  ["NEXT_PUBLIC_SUPABASE_URL", "project.supabase.co", "must be an address that begins with https:// or http://"],
  ["NEXT_PUBLIC_SUPABASE_URL", "127.0.0.1:54321", "must be an address that begins with https:// or http://"],
  ["DATABASE_URL", "nonsense", "must be an address that begins with postgresql:// or postgres://"],
  [
    "DATABASE_URL",
    "mysql://root:secret@db/postgres",
    "must be an address that begins with postgresql:// or postgres://",
  ],
  ["DATABASE_URL", "postgres://", "must be an address that begins with postgresql:// or postgres://"],
  ["NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY", "sb_secret_x", "holds a secret key, which every browser would be told"],
])("%s=%s is refused by its name and without repeating it", (name, value, words) => {
  expect(() => hostedBackend({ ...hosted, [name]: value })).toThrow(new OperatorError(`${name} ${words}.`));
});

test("an environment that names one by half is refused with the names of what is missing", () => {
  const { SUPABASE_SECRET_KEY, DATABASE_URL, ...half } = hosted;
  expect(() => hostedBackend(half)).toThrow(
    "NEXT_PUBLIC_SUPABASE_URL and NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY are set but SUPABASE_SECRET_KEY and DATABASE_URL are not: set all four for a hosted Supabase, or none for the embedded one.",
  );
});
