import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { type Mutation, mutateFunction } from "./mutate-function.ts";
import {
  insertNetwork,
  instant,
  type Network,
  NODES,
  pickupRequest,
  placeHold,
  placePickup,
  setClock,
} from "./network-fixture.ts";
import { actingAs, digestTables, expectRefusal, expectSoundLedger, rolledBack } from "./rolled-back.ts";

let db: TestDatabase;
let network: Network;
beforeAll(async () => {
  db = await cloneDatabase();
  network = await insertNetwork(db.sql);
  await setClock(db.sql, instant(6.5));
});
afterAll(() => db.drop());

interface StockEvent {
  readonly event_id: string;
  readonly seq: number;
  readonly node_id: string;
  readonly sku_id: string;
  readonly kind: string;
  readonly units: number;
  readonly at: string;
}

/** Of bread at STORE-A, where the fixture has 50 and nobody has counted. */
function event(
  seq: number,
  kind: "count" | "delta",
  units: number,
  at: string,
  rest: Partial<StockEvent> = {},
): StockEvent {
  return { event_id: `e${seq}`, seq, node_id: NODES.storeA, sku_id: "BREAD", kind, units, at, ...rest };
}

async function tell(tx: Transaction, source: string, ...events: readonly StockEvent[]): Promise<string[]> {
  const rows = await tx<{ outcome: string }[]>`
    select outcome from app.record_stock_events(${source}, ${tx.json(events as never)}) order by place`;
  return rows.map(({ outcome }) => outcome);
}

interface Level {
  readonly on_hand: number;
  readonly reserved: number;
  readonly shortage: number;
  readonly confirmed_by: string;
  readonly confirmed_at: Date;
}

async function level(tx: Transaction, sku = "BREAD"): Promise<Level> {
  const [row] = await tx<Level[]>`
    select on_hand, reserved, shortage, confirmed_by, confirmed_at from public.inventory_levels
    where node_id = ${NODES.storeA} and sku_id = ${sku}`;
  return row!;
}

// ------------------------------------------------------------------------------------------------------- any order (S35)

/** Something that happens to one level, in the minute of its place in the history. */
interface Happening {
  readonly what: "count" | "delta" | "ship" | "miss";
  readonly source: "TILL" | "WMS";
  readonly units: number;
  /** How many minutes later it is told, each time that it is told. */
  readonly delaysMin: readonly number[];
  readonly seqGap: number;
}

const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.constantFrom("count", "delta", "delta", "delta", "ship", "miss"),
  source: fc.constantFrom("TILL", "WMS"),
  units: fc.integer({ min: -30, max: 60 }),
  delaysMin: fc.array(fc.nat({ max: 15 }), { minLength: 1, maxLength: 3 }),
  seqGap: fc.integer({ min: 1, max: 3 }),
});
/** As many orders of ours as the fixture's pickup windows can take, and no more happenings than a run has time for. */
const histories = fc
  .array(happening, { minLength: 1, maxLength: 14 })
  .map((all) => all.filter(({ what }, i) => !isOurs(what) || all.slice(0, i).filter((h) => isOurs(h.what)).length < 5));

const isOurs = (what: Happening["what"]) => what === "ship" || what === "miss";
const FIRST_MINUTE = Date.parse(instant(6.5));
const minute = (i: number) => new Date(FIRST_MINUTE + i * 60_000).toISOString();
const unitsOf = ({ what, units }: Happening) => (what === "count" ? Math.abs(units) : units || 1);

/** What is there after each happening, for somebody who sees all of it happen: a walk in order that knows no sequences. */
function walk(history: readonly Happening[]): number[] {
  let there = 50;
  return history.map((h) => {
    if (isOurs(h.what)) there -= 1;
    else if (h.what === "count") there = unitsOf(h);
    else there += unitsOf(h);
    return there;
  });
}

/** Lets it all happen, and be told as late, as often and as shuffled as the history says. Answers what the books then say. */
async function play(tx: Transaction, history: readonly Happening[]): Promise<{ books: number; known: number[] }> {
  const orders: string[] = [];
  for (const { what } of history) {
    if (!isOurs(what)) continue;
    const { fulfilmentId } = await placePickup(tx, { cart: { BREAD: 1 }, hour: 10 + 2 * (orders.length % 4) });
    orders.push(fulfilmentId);
    if (what === "ship") await actingAs(tx, network.staff.storeA, (s) => s`select app.mark_ready(${fulfilmentId})`);
  }
  const lastSeq: Record<string, number> = {};
  const told: { minute: number; source: string; event: StockEvent }[] = [];
  history.forEach((h, i) => {
    if (isOurs(h.what)) return;
    const seq = (lastSeq[h.source] ?? 0) + h.seqGap;
    lastSeq[h.source] = seq;
    const e = event(seq, h.what as "count" | "delta", unitsOf(h), minute(i));
    for (const delay of h.delaysMin) told.push({ minute: i + delay, source: h.source, event: e });
  });
  for (let now = 0; now <= history.length + 15; now++) {
    await setClock(tx, minute(now));
    const what = history[now]?.what;
    if (what === "ship") await actingAs(tx, network.staff.storeA, (s) => s`select app.hand_over(${orders.shift()!})`);
    if (what === "miss") {
      const missing = [{ sku_id: "BREAD", units: 1 }];
      await actingAs(
        tx,
        network.staff.storeA,
        (s) => s`select app.reject_fulfilment(${orders.shift()!}, 'out_of_stock', ${s.json(missing)})`,
      );
    }
    for (const source of ["WMS", "TILL"]) {
      // The newest first, so that what comes together comes in the wrong order.
      const batch = told.filter((t) => t.minute === now && t.source === source).reverse();
      if (batch.length > 0) await tell(tx, source, ...batch.map((t) => t.event));
    }
  }
  const { on_hand, shortage, reserved } = await level(tx);
  expect(on_hand).toBe(Math.max(on_hand - shortage, reserved));
  const known: number[] = [];
  for (let i = 0; i < history.length; i++) {
    const [row] = await tx`select known from app.stock_as_of(${NODES.storeA}, 'BREAD', ${minute(i + 0.5)})`;
    known.push(row!.known);
  }
  return { books: on_hand - shortage, known };
}

class Undone extends Error {}

async function undone<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  let result: T | undefined;
  await db.sql
    .begin(async (tx) => {
      result = await work(tx);
      throw new Undone();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error;
    });
  return result as T;
}

test("however late, often and shuffled stock is told of, the books end as if it had been told in order", async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      fc.pre(history.length > 0);
      await undone(async (tx) => {
        const { books, known } = await play(tx, history);
        expect({ books, known }).toEqual({ books: walk(history).at(-1), known: walk(history) });
        await expectSoundLedger(tx);
      });
    }),
    { numRuns: 40 },
  );
}, 120_000);

describe("the test of any order notices a function", () => {
  const of = "app.record_stock_events";
  const MUTANTS: Record<string, Mutation> = {
    "that adds a difference from before the count": { of, text: "e.seq > anchor.seq), 0)", by: "true), 0)" },
    "that adds another source's difference from before the count": {
      of,
      text: "and e.at > coalesce(anchor.at, '-infinity')",
      by: "",
    },
    "that forgets what was shipped since the count": {
      of,
      text: "and m.at > coalesce(anchor.at, '-infinity')",
      by: "and m.at > coalesce(anchor.at + interval '1 day', '-infinity')",
    },
    "that lets an older count of a source replace the newer one": { of, text: "where excluded.seq > c.seq", by: "" },
    "that takes the count that came last for the one that was taken last": {
      of,
      text: "order by c.at desc, c.source desc limit 1\n    ) anchor on true\n  )",
      by: "order by c.ctid desc limit 1\n    ) anchor on true\n  )",
    },
  };
  // The same histories for each.
  const samples = fc.sample(histories, { numRuns: 60, seed: 7 }).filter((history) => history.length > 0);
  test.each(Object.entries(MUTANTS))(
    "%s",
    async (_, mutation) => {
      let noticed = 0;
      for (const history of samples) {
        await undone(async (tx) => {
          await mutateFunction(tx as never, mutation);
          const { books } = await play(tx, history);
          if (books !== walk(history).at(-1)) noticed++;
        });
        if (noticed > 0) break;
      }
      expect(noticed).toBeGreaterThan(0);
    },
    120_000,
  );
});

// ------------------------------------------------------------------------------------------------------------ one by one

const EARLY = instant(6.1);
const LATER = instant(6.2);

describe("an event", () => {
  test("of a count sets the level, and says by whom and when it was confirmed", () =>
    rolledBack(db.sql, async (tx) => {
      expect(await tell(tx, "WMS", event(1, "count", 70, LATER))).toEqual(["applied"]);
      expect(await level(tx)).toMatchObject({ on_hand: 70, confirmed_by: "WMS", confirmed_at: new Date(LATER) });
      // Taken earlier, told later.
      expect(await tell(tx, "TILL", event(1, "count", 60, EARLY))).toEqual(["superseded"]);
      expect(await level(tx)).toMatchObject({ on_hand: 70, confirmed_by: "WMS", confirmed_at: new Date(LATER) });
    }));

  test("of a difference confirms nothing", () =>
    rolledBack(db.sql, async (tx) => {
      await tell(tx, "WMS", event(1, "delta", 5, LATER));
      expect(await level(tx)).toMatchObject({ on_hand: 55, confirmed_by: "OPENING" });
    }));

  test("that was told already changes nothing in any table", () =>
    rolledBack(db.sql, async (tx) => {
      const events = [event(1, "count", 40, EARLY), event(2, "delta", -3, LATER)];
      expect(await tell(tx, "TILL", ...events, events[1]!)).toEqual(["applied", "applied", "duplicate"]);
      const before = await digestTables(tx);
      expect(await tell(tx, "TILL", ...events)).toEqual(["duplicate", "duplicate"]);
      expect(await digestTables(tx)).toEqual(before);
    }));

  test("from before the last count is kept and has no effect", () =>
    rolledBack(db.sql, async (tx) => {
      await tell(tx, "TILL", event(5, "count", 40, LATER));
      expect(await tell(tx, "TILL", event(4, "delta", -3, EARLY), event(3, "count", 9, EARLY))).toEqual([
        "superseded",
        "superseded",
      ]);
      expect((await level(tx)).on_hand).toBe(40);
      const [kept] = await tx`select count(*)::int as events from public.stock_events`;
      expect(kept!.events).toBe(3);
    }));

  test("with the id or the sequence of another one is refused by name", () =>
    rolledBack(db.sql, async (tx) => {
      await tell(tx, "TILL", event(1, "count", 40, EARLY));
      const again = [event(1, "count", 41, EARLY), event(1, "count", 40, EARLY, { event_id: "other" })];
      expect(await tell(tx, "TILL", ...again)).toEqual(["event_id_reused", "seq_reused"]);
      expect((await level(tx)).on_hand).toBe(40);
      // Of another source, or about other goods, it is another event.
      expect(await tell(tx, "WMS", event(1, "delta", 1, LATER))).toEqual(["applied"]);
      expect(await tell(tx, "TILL", event(1, "delta", 1, LATER, { sku_id: "MILK" }))).toEqual(["applied"]);
    }));

  test("about an unknown place or goods, or from the future, is refused by name, and the others count", () =>
    rolledBack(db.sql, async (tx) => {
      const outcomes = await tell(
        tx,
        "WMS",
        event(1, "count", 5, EARLY, { node_id: "NOWHERE" }),
        event(1, "count", 5, EARLY, { sku_id: "NOTHING" }),
        event(1, "count", 5, instant(6.7)),
        event(2, "count", 33, EARLY),
      );
      expect(outcomes).toEqual(["unknown_node", "unknown_sku", "in_the_future", "applied"]);
      expect((await level(tx)).on_hand).toBe(33);
    }));

  test("about goods that the node never had begins a level, which is promised from once it was counted", () =>
    rolledBack(db.sql, async (tx) => {
      await tx`insert into public.skus select 'NEW', name, category, price_cents, weight_g, volume_ml, temperature from public.skus where id = 'BREAD'`;
      const available = async () =>
        (await tx`select available from app.available_stock where node_id = ${NODES.storeA} and sku_id = 'NEW'`)[0];
      await tell(tx, "WMS", event(1, "delta", 12, EARLY, { sku_id: "NEW" }));
      expect([await level(tx, "NEW"), await available()]).toMatchObject([
        { on_hand: 12, confirmed_by: null },
        { available: 0 },
      ]);
      await tell(tx, "WMS", event(2, "count", 11, LATER, { sku_id: "NEW" }));
      expect([await level(tx, "NEW"), await available()]).toMatchObject([
        { on_hand: 11, confirmed_by: "WMS" },
        { available: 11 },
      ]);
    }));
});

describe("a count of less than is reserved", () => {
  const open = (tx: Transaction) =>
    tx`select node_id, sku_id, data, resolution from public.exceptions where kind = 'stock_short' order by opened_at`;

  test("leaves the reservations, is owed, and stands as an exception until it is paid back", () =>
    rolledBack(db.sql, async (tx) => {
      const [mine, yours] = [randomUUID(), randomUUID()];
      await placeHold(tx, mine, await pickupRequest(tx, { cart: { BREAD: 4 } }));
      await placeHold(tx, yours, await pickupRequest(tx, { cart: { BREAD: 3 } }));
      await setClock(tx, instant(6.6));
      await tell(tx, "TILL", event(1, "count", 2, instant(6.6)));
      expect(await level(tx)).toMatchObject({ on_hand: 7, reserved: 7, shortage: 5 });
      expect(await open(tx)).toMatchObject([
        { node_id: NODES.storeA, sku_id: "BREAD", data: { units: 5 }, resolution: null },
      ]);
      await expectSoundLedger(tx);

      // What a shopper gives back was never there to sell again.
      await tx`select app.release_hold(${mine})`;
      expect(await level(tx)).toMatchObject({ on_hand: 3, reserved: 3, shortage: 1 });
      await expectRefusal(tx, "KPSTK", async (s) =>
        placeHold(s, randomUUID(), await pickupRequest(s, { cart: { BREAD: 1 } })),
      );

      await tell(tx, "TILL", event(2, "delta", 6, instant(6.6)));
      expect(await level(tx)).toMatchObject({ on_hand: 8, reserved: 3, shortage: 0 });
      expect(await open(tx)).toMatchObject([{ resolution: "passed" }]);
    }));

  test("does not stop the node from handing over what it has, nor from missing what it has not", () =>
    rolledBack(db.sql, async (tx) => {
      const [shipped, missed] = [
        await placePickup(tx, { cart: { BREAD: 4 } }),
        await placePickup(tx, { cart: { BREAD: 3 } }),
      ];
      await setClock(tx, instant(6.6));
      await tell(tx, "TILL", event(1, "count", 2, instant(6.6)));
      await setClock(tx, instant(6.7));
      await actingAs(tx, network.staff.storeA, async (s) => {
        await s`select app.mark_ready(${shipped.fulfilmentId}), app.hand_over(${shipped.fulfilmentId})`;
        const missing = [{ sku_id: "BREAD", units: 3 }];
        await s`select app.reject_fulfilment(${missed.fulfilmentId}, 'out_of_stock', ${s.json(missing)})`;
      });
      // Two counted, four left with an order, three more were not found: the books doubt themselves until somebody counts.
      expect(await level(tx)).toMatchObject({ on_hand: 0, reserved: 0, shortage: 5 });
      await setClock(tx, instant(6.8));
      await tell(tx, "TILL", event(2, "count", 9, instant(6.8)));
      expect(await level(tx)).toMatchObject({ on_hand: 9, shortage: 0 });
    }));

  test("is no way to reserve more than there is: the table refuses that", () =>
    rolledBack(db.sql, async (tx) => {
      const more = tx`update public.inventory_levels set reserved = on_hand + 1 where node_id = ${NODES.storeA} and sku_id = 'BREAD'`;
      await expect(tx.savepoint(() => more)).rejects.toMatchObject({ code: "23514" });
    }));
});

test("what was on hand at an instant is told as the books said then and as is known now", () =>
  rolledBack(db.sql, async (tx) => {
    const asOf = async (at: string) => (await tx`select * from app.stock_as_of(${NODES.storeA}, 'BREAD', ${at})`)[0];
    await setClock(tx, instant(8));
    await tell(tx, "TILL", event(2, "count", 30, instant(7)));
    await setClock(tx, instant(9));
    await tell(tx, "TILL", event(1, "delta", -5, instant(6.6)), event(3, "delta", -4, instant(7.5)));
    expect(await asOf(instant(6.75))).toEqual({ booked: 50, known: 45 });
    expect(await asOf(instant(7.25))).toEqual({ booked: 50, known: 30 });
    expect(await asOf(instant(8.5))).toEqual({ booked: 30, known: 26 });
    expect(await asOf(instant(9.5))).toEqual({ booked: 26, known: 26 });
    expect(await asOf(instant(0))).toEqual({ booked: 0, known: 0 });
  }));
