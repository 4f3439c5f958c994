import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";

// What the catalogue says about who may do what, compared with what is meant, as data: a table or function that is added
// without a decision about its access fails here, and so does a grant that nobody meant.

let db: TestDatabase;
beforeAll(async () => {
  db = await cloneDatabase();
});
afterAll(() => db.drop());

const EVERYBODY = "anon authenticated service_role";
const STAFF = "authenticated service_role";

/** Who may select from each table; nobody but the owner may write to any. */
const READERS: Readonly<Record<string, string>> = {
  blackouts: EVERYBODY,
  calendar_days: EVERYBODY,
  carrier_days: STAFF,
  carrier_services: STAFF,
  carriers: STAFF,
  channel_safety: STAFF,
  channels: STAFF,
  claim_shares: STAFF,
  claims: STAFF,
  cut_offs: EVERYBODY,
  edge_snapshots: EVERYBODY,
  events: STAFF,
  exceptions: STAFF,
  fulfilments: STAFF,
  hold_limits: STAFF,
  hold_lines: STAFF,
  holds: STAFF,
  inventory_levels: STAFF,
  lane_runs: STAFF,
  lanes: STAFF,
  node_hours: EVERYBODY,
  nodes: EVERYBODY,
  order_lines: STAFF,
  orders: STAFF,
  parkings: STAFF,
  pickup_windows: STAFF,
  positions: STAFF,
  regions: EVERYBODY,
  repromises: STAFF,
  sample_addresses: EVERYBODY,
  service_areas: STAFF,
  shift_rules: STAFF,
  shifts: STAFF,
  skus: EVERYBODY,
  sourcing_rules: STAFF,
  staff: STAFF,
  staff_nodes: STAFF,
  stock_events: STAFF,
  stock_freshness_steps: STAFF,
  stock_movements: STAFF,
  stops: STAFF,
  vehicles: STAFF,
  window_cut_offs: EVERYBODY,
  window_rules: EVERYBODY,
  windows: EVERYBODY,
  work_buckets: STAFF,
};

describe("tables", () => {
  test("each has row level security and only the grants that are meant", async () => {
    const rows = await db.sql`
      select c.relname as name, c.relrowsecurity as rls,
        coalesce(string_agg(g.grantee::regrole || ' ' || lower(g.privilege_type), ', ' order by g.grantee::regrole::text, g.privilege_type)
          filter (where g.grantee <> c.relowner), '') as grants
      from pg_class c left join lateral aclexplode(c.relacl) g on true
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
      group by c.oid order by c.relname`;
    const expected = Object.entries(READERS).map(([name, roles]) => {
      const grants = roles.split(" ").map((role) => `${role} select`);
      return { name, rls: true, grants: grants.join(", ") };
    });
    expect(rows).toEqual(expected);
  });

  test("each has a policy, every policy only reads, and none is for the public role", async () => {
    const policies = await db.sql`select tablename, cmd, roles::text[] from pg_policies where schemaname = 'public'`;
    expect([...new Set(policies.map(({ tablename }) => tablename))].sort()).toEqual(Object.keys(READERS));
    expect(policies.filter(({ cmd, roles }) => cmd !== "SELECT" || roles.includes("public"))).toEqual([]);
  });

  test("a policy asks who is calling once per query, not once per row", async () => {
    const policies =
      await db.sql`select tablename, policyname, qual from pg_policies where schemaname in ('public', 'realtime')`;
    // Postgres prints a function wrapped in a select as "( SELECT app.staff_role() ...".
    const bare = policies.filter(({ qual }) => /(?<!SELECT )(auth\.uid|app\.staff_role|app\.my_\w+)\(\)/.test(qual));
    expect(policies.some(({ qual }) => qual.includes("SELECT app.staff_role()"))).toBe(true);
    expect(bare).toEqual([]);
  });

  test("no column is granted by itself and no sequence at all", async () => {
    const columns = await db.sql`select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace) and a.attacl is not null`;
    const sequences =
      await db.sql`select c.relname from pg_class c join lateral aclexplode(c.relacl) g on g.grantee <> c.relowner
      where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace) and c.relkind = 'S'`;
    expect([columns.length, sequences.length]).toEqual([0, 0]);
  });

  test("of the internal ones only the clock can be read", async () => {
    const grants = await db.sql`
      select c.relname as name, g.grantee::regrole::text as role, lower(g.privilege_type) as may
      from pg_class c join lateral aclexplode(c.relacl) g on g.grantee <> c.relowner
      where c.relnamespace = 'app'::regnamespace and c.relkind = 'r' order by 1, 2`;
    expect(grants).toEqual([
      { name: "clock", role: "authenticated", may: "select" },
      { name: "clock", role: "service_role", may: "select" },
    ]);
  });
});

/** Functions that signed-in people may call, and how each knows who is calling. */
const FOR_STAFF: Readonly<Record<string, string>> = {
  "app.arrive(uuid)": "may_drive, through lock_stop",
  "app.cancel_shift(uuid)": "staff_role",
  "app.clear_blackout(app.code,app.code,text,date,time without time zone)":
    "may_work_at, through begin_calendar_change",
  "app.clear_calendar_day(app.code,app.code,date)": "may_work_at, through begin_calendar_change",
  "app.collect_transfer(uuid)": "may_work_at, through lock_transfer",
  "app.deliver_stop(uuid,text)": "may_drive, through lock_stop",
  "app.fail_order(uuid,text,text)": "staff_role",
  "app.finish_parcel(uuid,text,text)": "may_work_at, through lock_fulfilment",
  "app.finish_stop(uuid,text,text)": "may_drive, through lock_stop",
  "app.hand_over(uuid)": "may_work_at, through lock_fulfilment",
  "app.is_order_topic(text)": "answers only whether a link is one",
  "app.lose_transfer(uuid,text)": "may_work_at, through lock_transfer",
  "app.mark_ready(uuid)": "may_work_at, through lock_fulfilment",
  "app.may_drive(uuid)": "auth.uid",
  "app.may_work_at(app.code)": "auth.uid",
  "app.my_holds()": "auth.uid, through my_nodes and my_shifts",
  "app.my_nodes()": "auth.uid",
  "app.my_orders()": "auth.uid, through my_holds",
  "app.my_shifts()": "auth.uid",
  "app.now()": "answers only the time",
  "app.opening_of(text[],date,date)": "reads as its caller",
  "app.park_order(uuid,uuid,text,text,timestamp with time zone)": "staff_role",
  "app.promises_at_stake(app.code,app.code,date,time without time zone,time without time zone,boolean,text,time without time zone)":
    "my_nodes, and staff_role",
  "app.read_doors(uuid)": "may_drive, and auth.uid for the gate code",
  "app.receive_transfer(uuid)": "may_work_at, through lock_transfer",
  "app.reject_fulfilment(uuid,text,jsonb)": "may_work_at, through lock_fulfilment",
  "app.report_position(uuid,double precision,double precision)": "may_drive",
  "app.resolve_exception(uuid)": "staff_role",
  "app.set_blackout(app.code,app.code,text,date,time without time zone,text)":
    "may_work_at, through begin_calendar_change",
  "app.set_calendar_day(app.code,app.code,date,text,time without time zone,time without time zone,integer)":
    "may_work_at, through begin_calendar_change",
  "app.set_capacity(app.code,timestamp with time zone,integer)": "may_work_at",
  "app.set_channel(app.code,app.code,jsonb)": "staff_role",
  "app.set_channel_safety(app.code,app.code,app.code,integer)": "staff_role",
  "app.set_channel_shares(app.code,app.code,jsonb)": "staff_role",
  "app.set_cut_offs(app.code,app.code,text,jsonb)": "staff_role",
  "app.set_hold_limits(app.code,integer,integer,integer,integer)": "staff_role",
  "app.set_order_priority(uuid,integer,text)": "staff_role",
  "app.set_service_area(app.code,integer,jsonb)": "staff_role",
  "app.set_sourcing_rules(app.code,jsonb)": "staff_role",
  "app.set_stock_freshness(app.code,jsonb)": "staff_role",
  "app.staff_role()": "auth.uid",
  "app.start_shift(uuid)": "may_drive",
  "app.stock_as_of(app.code,app.code,timestamp with time zone)": "reads as its caller",
  "app.unpark_order(uuid)": "staff_role",
};

/** Functions that run with their owner's rights though nobody but functions may call them. */
const DEFINERS_WITHIN: Readonly<Record<string, string>> = {
  "app.forget_gate_code()": "a trigger",
  "app.lock_fulfilment(uuid)": "may_work_at",
  "app.lock_stop(uuid)": "may_drive",
  "app.lock_transfer(uuid)": "may_work_at",
  "app.tell_event()": "a trigger",
  "app.tell_snapshot()": "a trigger",
};

interface CatalogueFunction {
  readonly name: string;
  readonly definer: boolean;
  readonly settings: string[] | null;
  readonly callers: string;
  readonly returns: string;
  readonly source: string;
  readonly volatility: string;
}

describe("functions", () => {
  let functions: CatalogueFunction[];
  beforeAll(async () => {
    functions = await db.sql<CatalogueFunction[]>`
      select p.oid::regprocedure::text as name, p.prosecdef as definer, p.proconfig as settings, p.prorettype::regtype::text as returns, p.prosrc as source,
        p.provolatile as volatility,
        -- No list at all means what Postgres grants by itself: everybody may call it.
        case when p.proacl is null then 'PUBLIC' else coalesce((
          select string_agg(case g.grantee when 0 then 'PUBLIC' else g.grantee::regrole::text end, ' ' order by g.grantee::regrole::text)
          from aclexplode(p.proacl) g where g.grantee <> p.proowner), '') end as callers
      from pg_proc p where p.pronamespace in ('app'::regnamespace, 'public'::regnamespace) order by 1`;
  });

  test("all are in the schema that the Data API does not show", () => {
    expect(functions.length).toBeGreaterThan(40);
    expect(functions.filter(({ name }) => !name.startsWith("app."))).toEqual([]);
  });

  test("none is open to the public role", () => {
    expect(functions.filter(({ callers }) => callers.includes("PUBLIC")).map(({ name }) => name)).toEqual([]);
  });

  test("each states its search path", () => {
    const without = functions.filter(({ settings }) => !settings?.includes('search_path=""'));
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  test("people may call those that ask who they are, and no others", () => {
    const forStaff = functions.filter(({ callers }) => callers.includes("authenticated")).map(({ name }) => name);
    expect(forStaff).toEqual(Object.keys(FOR_STAFF));
    const forAnybody = functions.filter(({ callers }) => callers.includes("anon")).map(({ name }) => name);
    expect(forAnybody).toEqual(["app.is_order_topic(text)"]);
  });

  test("those that run with their owner's rights ask who is calling, or are triggers", () => {
    const definers = functions.filter(({ definer }) => definer);
    const known = { ...FOR_STAFF, ...DEFINERS_WITHIN };
    for (const { name, source, returns } of definers) {
      const how = known[name];
      expect(how, `${name} runs with its owner's rights: how does it know who is calling?`).toBeDefined();
      if (how === "a trigger") expect(returns).toBe("trigger");
      else if (!how!.startsWith("answers only"))
        expect(source).toContain(how!.split(" ").at(-1)!.replace("my_shifts", "my_nodes"));
    }
    expect(definers.map(({ name }) => name)).toEqual(
      Object.keys(known)
        .filter((name) => name !== "app.now()" && known[name] !== "reads as its caller")
        .sort(),
    );
  });
});

test("the API roles own nothing and may create nothing", async () => {
  const roles = ["anon", "authenticated", "service_role"];
  const owned = await db.sql`select relname from pg_class where relowner::regrole::text in ${db.sql(roles)}`;
  const create = await db.sql`
    select n.nspname, r.role from pg_namespace n, unnest(${roles}::text[]) r (role)
    where n.nspname in ('public', 'app', 'auth', 'realtime', 'extensions') and has_schema_privilege(r.role, n.oid, 'create')`;
  expect([[...owned], [...create]]).toEqual([[], []]);
});
