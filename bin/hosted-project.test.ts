import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "#supabase/local/test-stack.ts";
import type { Backend } from "./hosted-environment.ts";
import { requireProject } from "./hosted-project.ts";

// An embedded stack in the place of a hosted one: it speaks the same protocols.

let world: TestStack;
let project: Backend;
beforeAll(async () => {
  world = await startTestStack();
  const { gatewayUrl: supabaseUrl, databaseUrl, publishableKey, secretKey } = world.stack;
  project = { supabaseUrl, databaseUrl, publishableKey, secretKey };
});
afterAll(() => world?.stop());

const ask = (change: Partial<Backend>) => requireProject({ ...project, ...change }, { NODE_ENV: "test" });

test("a project that is as the variables say is taken", async () => {
  await expect(ask({})).resolves.toBeUndefined();
});

test.each<[string, Partial<Backend>, RegExp]>([
  ["the key for browsers", { publishableKey: "wrong" }, /^NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY is not a key of/],
  ["the secret key", { secretKey: "wrong" }, /^SUPABASE_SECRET_KEY is not a key of/],
  ["the address", { supabaseUrl: "http://127.0.0.1:1" }, /^NEXT_PUBLIC_SUPABASE_URL \(.*\) does not answer: /],
  [
    "the database",
    { databaseUrl: "postgres://a:b@127.0.0.1:1/c" },
    /^The database behind DATABASE_URL does not answer: /,
  ],
])("a wrong %s is told by the name of its variable", async (_, change, sentence) => {
  await expect(ask(change)).rejects.toThrow(sentence);
});

test("a project that lacks a migration is refused with how to apply it", async () => {
  await world.sql`delete from supabase_migrations.schema_migrations where version = (
    select max(version) from supabase_migrations.schema_migrations)`;
  await expect(ask({})).rejects.toThrow(/lacks 1 of our migrations .* apply them with "npx supabase db push"/);
});
