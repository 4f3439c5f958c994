import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import {
  confirmHold,
  deliveryRequest,
  from,
  insertNetwork,
  instant,
  type Network,
  parcelRequest,
  pickupRequest,
  placeHold,
  setClock,
  swapHold,
  twoVanParts,
} from "./network-fixture.ts";
import { actingAs, expectRefusal, rolledBack } from "./rolled-back.ts";

let db: TestDatabase;
let network: Network;
beforeAll(async () => {
  db = await cloneDatabase();
  network = await insertNetwork(db.sql);
});
afterAll(() => db.drop());

type Limits = readonly [perCheckout: number, perAddress: number, perNetwork: number, unconfirmedPercent: number];
const setLimits =
  ([checkout, address, net, percent]: Limits) =>
  (tx: Transaction) =>
    tx`select app.set_hold_limits('LISBOA', ${checkout}, ${address}, ${net}, ${percent})`;
const limit = (tx: Transaction, limits: Limits) => actingAs(tx, network.staff.ops, setLimits(limits));

async function place(tx: Transaction, shopper: Parameters<typeof from>[0], hour = 10) {
  const holdId = randomUUID();
  await placeHold(tx, holdId, from(shopper, await pickupRequest(tx, { hour })));
  return holdId;
}

const SHOPPERS = {
  checkout: [2, 100, 100, 100],
  address: [100, 2, 100, 100],
  network: [100, 100, 2, 100],
} as const;

test("what a shopper holds is found by the shopper, though nothing was held when the planner took its statistics", async () => {
  await db.sql`analyze public.holds`;
  await rolledBack(db.sql, async (tx) => {
    const scans = async (index: string) =>
      (await tx`select pg_stat_get_xact_numscans(${`public.${index}`}::regclass)::int as scans`)[0]!.scans;
    await place(tx, { checkout: randomUUID(), address: "Rua do Teste 9", network: "192.0.2.9" });
    expect(await scans("holds_due")).toBe(0);
    for (const index of ["holds_of_checkout", "holds_of_address", "holds_of_network"])
      expect(await scans(index), index).toBe(1);
  });
});

describe.each(Object.entries(SHOPPERS))("of one %s", (kind, limits) => {
  const key = { checkout: randomUUID(), address: "Rua do Teste 7", network: "192.0.2.7" }[kind]!;
  const shopper = { [kind]: key };

  test("so many live holds are placed, and one more is refused as KPLIM", () =>
    rolledBack(db.sql, async (tx) => {
      await limit(tx, limits);
      await place(tx, shopper);
      await place(tx, shopper, 12);
      const refusal = await expectRefusal(tx, "KPLIM", (s) => place(s, shopper, 14));
      expect(refusal.detail).toBe(kind);
      await place(tx, {}, 14);
    }));

  test("holds that are confirmed, given back, or out of time, swept or not, count no more", () =>
    rolledBack(db.sql, async (tx) => {
      await limit(tx, limits);
      const [first, second] = [await place(tx, shopper), await place(tx, shopper)];
      await confirmHold(tx, first);
      await tx`select app.release_hold(${second})`;
      await place(tx, shopper);
      await place(tx, shopper);
      await setClock(tx, instant(6.25));
      await place(tx, shopper);
    }));

  test("the hold that is changed for another makes room for it", () =>
    rolledBack(db.sql, async (tx) => {
      await limit(tx, limits);
      await place(tx, shopper);
      const oldId = await place(tx, shopper);
      await swapHold(tx, oldId, randomUUID(), from(shopper, await pickupRequest(tx, { hour: 16 })));
    }));

  test("a hold of two parts counts as one", () =>
    rolledBack(db.sql, async (tx) => {
      await limit(tx, limits);
      await place(tx, shopper);
      const parts = (await twoVanParts(tx, network)).map((part) => from(shopper, part));
      await placeHold(tx, parts[0]!.route!.stops[0]!.id, parts);
    }));
});

describe("unconfirmed holds", () => {
  const HALF: Limits = [100, 100, 100, 50];
  const anybody = () => ({ checkout: randomUUID() });

  test("take their share of a pickup window and no more; what was confirmed is no part of it", () =>
    rolledBack(db.sql, async (tx) => {
      await limit(tx, HALF);
      const holds = [await place(tx, anybody()), await place(tx, anybody()), await place(tx, anybody())];
      const refusal = await expectRefusal(tx, "KPLIM", (s) => place(s, anybody()));
      expect(refusal.detail).toBe("window");
      await confirmHold(tx, holds[0]!);
      await place(tx, anybody());
      await place(tx, {});
    }));

  test("take their share of a carrier's day", () =>
    rolledBack(db.sql, async (tx) => {
      await limit(tx, HALF);
      await tx`update public.carrier_days set limit_parcels = 4`;
      const send = (s: Transaction) => placeHold(s, randomUUID(), from(anybody(), parcelRequest()));
      await send(tx);
      await send(tx);
      await expectRefusal(tx, "KPLIM", send);
      await placeHold(tx, randomUUID(), from(anybody(), parcelRequest({ day: 1 })));
    }));

  // A leg and a stop are 300 s here, half of a window 3,600 s: twelve doors.
  test("take their share of a van's time in a window", () =>
    rolledBack(db.sql, async (tx) => {
      await limit(tx, HALF);
      const deliver = async (s: Transaction, hour: number) => {
        const request = await deliveryRequest(s, network, { hour, cart: { BREAD: 1 } });
        await placeHold(s, request.route.stops.at(-1)!.id, from(anybody(), request));
      };
      for (let door = 0; door < 12; door++) await deliver(tx, 10);
      await expectRefusal(tx, "KPLIM", (s) => deliver(s, 10));
      await deliver(tx, 12);
    }));

  test("are never stopped where one alone is more than the share", () =>
    rolledBack(db.sql, async (tx) => {
      await limit(tx, [100, 100, 100, 1]);
      await place(tx, anybody());
      await expectRefusal(tx, "KPLIM", (s) => place(s, anybody()));
    }));
});

test("where a shopper asked from is forgotten once the hold is settled", () =>
  rolledBack(db.sql, async (tx) => {
    const shopper = { network: "192.0.2.7" };
    const [first, second] = [await place(tx, shopper), await place(tx, shopper)];
    await place(tx, shopper);
    await confirmHold(tx, first);
    await tx`select app.release_hold(${second})`;
    const known =
      await tx`select state, count(network_key)::int as keys from public.holds group by state order by state`;
    expect(known).toEqual([
      { state: "confirmed", keys: 0 },
      { state: "held", keys: 1 },
      { state: "released", keys: 0 },
    ]);
  }));

describe("the limits", () => {
  test("are set by ops, which is recorded, and by nobody else", () =>
    rolledBack(db.sql, async (tx) => {
      await limit(tx, [2, 4, 8, 50]);
      const events = await tx`select actor, data from public.events where kind = 'hold_limits_set'`;
      expect(events).toEqual([
        {
          actor: network.staff.ops,
          data: { per_checkout: 2, per_address: 4, per_network: 8, unconfirmed_percent: 50 },
        },
      ]);
      for (const user of [network.staff.storeA, network.staff.driverA, randomUUID()])
        await expectRefusal(tx, "KPNTF", (s) => actingAs(s, user, setLimits([1, 1, 1, 1])));
    }));

  test("of a region that is none are refused as KPNTF, and those that are none as KPARG", () =>
    rolledBack(db.sql, async (tx) => {
      const elsewhere = (s: Transaction) => s`select app.set_hold_limits('PORTO', 1, 1, 1, 1)`;
      await expectRefusal(tx, "KPNTF", (s) => actingAs(s, network.staff.ops, elsewhere));
      for (const limits of [
        [0, 1, 1, 1],
        [1, 1, 1, 101],
        [1, 1, 1, null],
      ] as Limits[])
        await expectRefusal(tx, "KPARG", (s) => limit(s, limits));
    }));
});
