import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { define, startTestStack, type TestStack } from "./test-stack.ts";

// Each test here is a difference between the lite package and a hosted project that was met in practice.

let world: TestStack;
beforeAll(async () => {
  // The package prints every error of the database, the expected ones too.
  vi.spyOn(console, "error").mockImplementation(() => {});
  world = await startTestStack();
  await define(
    world,
    `
    create table public.probe_open (id int primary key, weight int check (weight > 0));
    create table public.probe_revoked (id int primary key);
    create table public.probe_ungranted (id int primary key);
    alter table public.probe_open enable row level security;
    alter table public.probe_revoked enable row level security;
    alter table public.probe_ungranted enable row level security;
    create policy everyone on public.probe_open using (true) with check (true);
    create policy everyone on public.probe_revoked using (true);
    create policy everyone on public.probe_ungranted using (true);
    grant select, insert on public.probe_open to anon;
    grant select on public.probe_revoked to anon;
    revoke select on public.probe_revoked from anon;

    create function public.probe_kind(lines jsonb) returns text language sql as $$ select jsonb_typeof(lines) $$;
    create function public.probe_refuse() returns void language plpgsql as $$
    begin raise exception 'plain refusal' using detail = 'the detail', hint = 'the hint'; end $$;
    create function public.probe_conflict() returns void language plpgsql as $$
    begin raise sqlstate 'PT409' using message = 'slot_full', detail = 'the detail', hint = 'the hint'; end $$;

    create table public.probe_slot (capacity int, taken int default 0, check (taken <= capacity));
    insert into public.probe_slot values (20);
    create function public.probe_reserve() returns int language plpgsql security definer set search_path = '' as $$
    declare slot record;
    begin
      select * into slot from public.probe_slot for update;
      if slot.taken >= slot.capacity then raise sqlstate 'PT409' using message = 'slot_full'; end if;
      update public.probe_slot set taken = taken + 1;
      return slot.capacity - slot.taken - 1;
    end $$;
    `,
  );
});
afterAll(() => world?.stop());

test("a table that a migration revoked stays closed", async () => {
  const { error } = await world.client().from("probe_revoked").select();
  expect(error?.code).toBe("42501");
});

test("a table that no migration granted is closed", async () => {
  const { error } = await world.client().from("probe_ungranted").select();
  expect(error?.code).toBe("42501");
});

test("a request without an API key is refused", async () => {
  const { status } = await fetch(`${world.stack.gatewayUrl}/rest/v1/probe_open`);
  expect(status).toBe(401);
});

test("a jsonb argument of a function arrives as JSON, not as a string", async () => {
  const { data } = await world.client().rpc("probe_kind", { lines: [{ sku: "milk" }] });
  expect(data).toBe("array");
});

test("a plain exception is a bad request that keeps its code, detail and hint", async () => {
  const { error, status } = await world.client().rpc("probe_refuse");
  expect(status).toBe(400);
  expect(error).toMatchObject({ code: "P0001", message: "plain refusal", details: "the detail", hint: "the hint" });
});

test("a domain error keeps its status, detail and hint", async () => {
  const { error, status } = await world.client().rpc("probe_conflict");
  expect(status).toBe(409);
  expect(error).toMatchObject({ message: "slot_full", details: "the detail", hint: "the hint" });
});

test("a violated check is a bad request with its SQLSTATE", async () => {
  const { error, status } = await world.client().from("probe_open").insert({ id: 1, weight: -1 });
  expect(status).toBe(400);
  expect(error?.code).toBe("23514");
});

test("a table made while the gateway runs is seen after the reload notification", async () => {
  const anon = world.client();
  await anon.from("probe_open").select();
  await define(world, "create table public.probe_late (id int); grant select on public.probe_late to anon");
  await expect.poll(async () => (await anon.from("probe_late").select()).error).toBeNull();
});

test("of 50 reservations at once on a capacity of 20, exactly 20 succeed", async () => {
  const anon = world.client();
  const answers = await Promise.all(Array.from({ length: 50 }, () => anon.rpc("probe_reserve")));
  const left = answers.filter(({ error }) => !error).map(({ data }) => data as number);
  expect(left.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(30);
});
