import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import {
  confirmHold,
  deliveryRequest,
  extendHold,
  from,
  type HoldRequest,
  insertNetwork,
  instant,
  type Network,
  NODES,
  partsOf,
  pickupRequest,
  placeHold,
  setClock,
  swapHold,
  twoVanParts,
  VANS,
} from "./network-fixture.ts";
import { digestTables, expectRefusal, rolledBack } from "./rolled-back.ts";

let db: TestDatabase;
let network: Network;
beforeAll(async () => {
  db = await cloneDatabase();
  network = await insertNetwork(db.sql);
});
afterAll(() => db.drop());

const idOf = (part: HoldRequest) => part.route!.stops.at(-1)!.id;
const stateOf = async (tx: Transaction, holdId: string) =>
  (await tx<{ state: string }[]>`select state from public.holds where id = ${holdId}`)[0]?.state;

async function placed(tx: Transaction, request: HoldRequest | readonly HoldRequest[]) {
  const [lead] = [request].flat();
  const holdId = lead!.route ? idOf(lead!) : randomUUID();
  await placeHold(tx, holdId, request);
  return holdId;
}

describe("more time", () => {
  test("is given once, until so much after it was asked for, and for every part", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = await placed(tx, await twoVanParts(tx, network));
      await setClock(tx, instant(6.1));
      const wish = randomUUID();
      const extended = await extendHold(tx, holdId, wish, 600);
      expect(extended.expires_at.getTime() - extended.now_at.getTime()).toBe(600_000);
      const before = await digestTables(tx);
      expect((await extendHold(tx, holdId, wish, 600)).expires_at).toEqual(extended.expires_at);
      expect(await digestTables(tx)).toEqual(before);
      await expectRefusal(tx, "KPSTA", (s) => extendHold(s, holdId));
    }));

  test("never makes a hold shorter", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      const first = await placeHold(tx, holdId, await pickupRequest(tx), 600);
      expect((await extendHold(tx, holdId, randomUUID(), 60)).expires_at).toEqual(first.expires_at);
    }));

  test("is refused for a hold that is over, confirmed, unknown, or when the wish has no key", () =>
    rolledBack(db.sql, async (tx) => {
      const [late, released, confirmed] = [
        await placed(tx, await pickupRequest(tx)),
        await placed(tx, await pickupRequest(tx)),
        await placed(tx, await pickupRequest(tx)),
      ];
      await tx`select app.release_hold(${released})`;
      await confirmHold(tx, confirmed);
      await expectRefusal(tx, "KPARG", (s) => s`select app.extend_hold(${late}, null, 600)`);
      await setClock(tx, instant(6.25));
      await expectRefusal(tx, "KPEXP", (s) => extendHold(s, late));
      await tx`select app.expire_holds()`;
      await expectRefusal(tx, "KPEXP", (s) => extendHold(s, late));
      await expectRefusal(tx, "KPSTA", (s) => extendHold(s, released));
      await expectRefusal(tx, "KPSTA", (s) => extendHold(s, confirmed));
      await expectRefusal(tx, "KPNTF", (s) => extendHold(s, randomUUID()));
    }));
});

describe("a hold that is changed for another", () => {
  test("lets the new one have what only the old one had, once", () =>
    rolledBack(db.sql, async (tx) => {
      await tx`update public.inventory_levels set safety = 48 where node_id = ${NODES.storeA} and sku_id = 'ICE'`;
      await tx`update public.pickup_windows set limit_orders = 1`;
      const request = await pickupRequest(tx, { cart: { ICE: 2 } });
      const [oldId, holdId] = [await placed(tx, request), randomUUID()];
      const again = { ...(await pickupRequest(tx, { cart: { ICE: 2 } })), price_cents: 100 };
      await expectRefusal(tx, "KPSTK", (s) => placeHold(s, randomUUID(), again));
      const first = await swapHold(tx, oldId, holdId, again);
      expect(first.state).toBe("held");
      expect(await stateOf(tx, oldId)).toBe("released");
      const before = await digestTables(tx);
      expect((await swapHold(tx, oldId, holdId, again)).expires_at).toEqual(first.expires_at);
      expect(await digestTables(tx)).toEqual(before);
    }));

  test("lives on as it was when the new one cannot be had", () =>
    rolledBack(db.sql, async (tx) => {
      const oldId = await placed(tx, await twoVanParts(tx, network));
      const tooMuch = await pickupRequest(tx, { cart: { BREAD: 60 } });
      await expectRefusal(tx, "KPSTK", (s) => swapHold(s, oldId, randomUUID(), tooMuch));
      expect(await stateOf(tx, oldId)).toBe("held");
    }));

  test("gives its place in a route to the new one, computed without it on the version that was read", () =>
    rolledBack(db.sql, async (tx) => {
      const neighbour = await placed(tx, await deliveryRequest(tx, network, { hour: 10 }));
      const oldId = await placed(tx, await twoVanParts(tx, network, { hour: 12 }));
      const asked = await deliveryRequest(tx, network, { hour: 14 });
      const route = { ...asked.route, stops: asked.route.stops.filter(({ id }) => id !== oldId) };
      await expectRefusal(tx, "KPPLN", (s) =>
        swapHold(s, oldId, idOf(asked), { ...asked, plan_version: asked.plan_version - 1, route }),
      );
      await swapHold(tx, oldId, idOf(asked), { ...asked, route });
      const stops =
        await tx`select hold_id from public.stops where shift_id = ${network.shifts[VANS.a1]!} order by position`;
      expect(stops.map(({ hold_id }) => hold_id)).toEqual([neighbour, idOf(asked)]);
      const [other] =
        await tx`select count(*)::int as stops from public.stops where shift_id = ${network.shifts[VANS.b1]!}`;
      expect(other).toEqual({ stops: 0 });
    }));

  test("may be over already: the new one is placed all the same", () =>
    rolledBack(db.sql, async (tx) => {
      const [released, late] = [await placed(tx, await pickupRequest(tx)), await placed(tx, await pickupRequest(tx))];
      await tx`select app.release_hold(${released})`;
      await setClock(tx, instant(6.25));
      for (const oldId of [released, late])
        expect((await swapHold(tx, oldId, randomUUID(), await pickupRequest(tx, { hour: 12 }))).state).toBe("held");
      expect([await stateOf(tx, released), await stateOf(tx, late)]).toEqual(["released", "expired"]);
    }));

  test("must not be confirmed, whatever its node did since, nor unknown", () =>
    rolledBack(db.sql, async (tx) => {
      const oldId = await placed(tx, await pickupRequest(tx));
      await confirmHold(tx, oldId);
      const other = await pickupRequest(tx, { hour: 12 });
      await expectRefusal(tx, "KPSTA", (s) => swapHold(s, oldId, randomUUID(), other));
      await expectRefusal(tx, "KPNTF", (s) => swapHold(s, randomUUID(), randomUUID(), other));
    }));
});

describe("what was paid for after its hold ran out", () => {
  const CUSTOMER = { token: "0".repeat(32), customer_name: "Ana Sousa", customer_phone: "+351 210 000 000" };
  const confirmAnew = (oldId: string, holdId: string, request: HoldRequest, orderId: string) => (tx: Transaction) =>
    tx`select order_number, token from app.reacquire_and_confirm(${oldId}, ${holdId}, ${tx.json(partsOf(holdId, request) as never)},
      ${orderId}, ${tx.json(CUSTOMER)})`;

  test("is taken anew and confirmed at once, once, whatever the limits say", () =>
    rolledBack(db.sql, async (tx) => {
      const ana = { checkout: randomUUID() };
      const oldId = await placed(tx, from(ana, await pickupRequest(tx)));
      await setClock(tx, instant(6.25));
      await placed(tx, from(ana, await pickupRequest(tx)));
      const call = confirmAnew(oldId, randomUUID(), from(ana, await pickupRequest(tx)), randomUUID());
      const first = await call(tx);
      const before = await digestTables(tx);
      expect(await call(tx)).toEqual(first);
      expect(await digestTables(tx)).toEqual(before);
    }));

  test("is neither when it cannot be had any more", () =>
    rolledBack(db.sql, async (tx) => {
      const oldId = await placed(tx, await pickupRequest(tx));
      await setClock(tx, instant(6.25));
      await tx`update public.inventory_levels set safety = on_hand where node_id = ${NODES.storeA}`;
      const request = await pickupRequest(tx);
      await expectRefusal(tx, "KPSTK", confirmAnew(oldId, randomUUID(), request, randomUUID()));
    }));

  test("is the first order when the old hold was confirmed after all", () =>
    rolledBack(db.sql, async (tx) => {
      const oldId = await placed(tx, await pickupRequest(tx));
      const { orderId, number } = await confirmHold(tx, oldId);
      const request = await pickupRequest(tx);
      const before = await digestTables(tx);
      expect(await confirmAnew(oldId, randomUUID(), request, orderId)(tx)).toMatchObject([{ order_number: number }]);
      expect(await digestTables(tx)).toEqual(before);
      await expectRefusal(tx, "KPSTA", confirmAnew(oldId, randomUUID(), request, randomUUID()));
    }));
});
