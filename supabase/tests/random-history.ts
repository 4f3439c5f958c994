import postgres from "postgres";
import { asCaller, type Database, type Transaction } from "#server/db/database.ts";
import {
  caller,
  confirmHold,
  deliveryRequest,
  extendHold,
  type HoldRequest,
  insertLane,
  instant,
  mixedParts,
  type Network,
  NODES,
  parcelRequest,
  parkOrder,
  pickupRequest,
  placeHold,
  type RouteStop,
  replaceFulfilment,
  repromiseOrder,
  SKUS,
  shiftOf,
  swapHold,
  transferRequest,
  VANS,
  withoutStops,
} from "./network-fixture.ts";

// A day in which everything happens that can: shoppers, pickers, drivers, managers and the worker act in random order,
// each on something that is there. What is not allowed at that moment is refused, and that is part of it.

/** How often each act was done or refused: "place: done", "finish: KPSTA". */
export type Tally = Record<string, number>;

/** Plays `steps` acts chosen by `seed`; after each the clock runs on by up to two minutes. Throws on anything but a fault. */
export async function playHistory(sql: Database, network: Network, seed: number, steps: number): Promise<Tally> {
  await insertLane(sql);
  await sql`insert into public.channels (region_id, id, name, picking_percent, pickup_percent, parcel_percent, transfer_percent, delivery_percent)
    values (${network.regionId}, 'MARKET', 'The market', 60, 50, 50, 50, 50)`;
  const history = new History(sql, network, mulberry32(seed));
  for (let step = 0; step < steps; step++) await history.step();
  return history.tally;
}

const MAX_PAUSE_SEC = 120;

/** Small seeded generator of numbers in [0, 1) (Tommy Ettinger's mulberry32). */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What a run of the same seed finds in the same order, by table. */
const ORDER = {
  holds: "created_at, id",
  orders: "number",
  fulfilments: "created_at, hold_id",
  stops: "hold_id",
  shifts: "starts_at, vehicle_id",
  exceptions: "opened_at",
} as const;

class History {
  readonly tally: Tally = {};
  readonly #sql: Database;
  readonly #network: Network;
  readonly #random: () => number;
  #placed = 0;

  constructor(sql: Database, network: Network, random: () => number) {
    this.#sql = sql;
    this.#network = network;
    this.#random = random;
  }

  async step(): Promise<void> {
    const acts: [weight: number, name: string, act: () => Promise<unknown>][] = [
      [12, "place delivery", () => this.#place("delivery")],
      [5, "place pickup", () => this.#place("pickup")],
      [2, "place parcel", () => this.#place("parcel")],
      [6, "place parts", () => this.#placeParts()],
      [5, "place transfer", () => this.#placeTransfer()],
      [4, "swap", () => this.#swap()],
      [3, "extend", () => this.#extend()],
      [14, "confirm", () => this.#confirm()],
      [3, "release", () => this.#on("holds", "id = lead_id", (id) => this.#sql`select app.release_hold(${id})`)],
      [5, "expire", () => this.#sql`select app.expire_holds(3)`],
      [10, "ready", () => this.#atNode("mark_ready", "state in ('to_pick', 'ready')")],
      [10, "hand over", () => this.#atNode("hand_over", "state in ('ready', 'handed_over', 'to_pick')")],
      [
        8,
        "receive",
        () => this.#atStore((tx, id) => tx`select app.receive_transfer(${id})`, "handed_over", "received"),
      ],
      [4, "collect", () => this.#atStore((tx, id) => tx`select app.collect_transfer(${id})`, "received", "delivered")],
      [
        1,
        "lose",
        () => this.#atStore((tx, id) => tx`select app.lose_transfer(${id}, 'lost')`, "handed_over", "received"),
      ],
      [1, "fail", () => this.#fail()],
      [1, "late transfers", () => this.#sql`select app.open_late_transfers(2)`],
      [3, "reject", () => this.#reject()],
      [4, "replace", () => this.#replace()],
      [5, "repromise", () => this.#repromise()],
      [1, "park", () => this.#park()],
      [
        6,
        "unpark",
        () =>
          this.#on("orders", "id in (select order_id from public.parkings where released_at is null)", (id) =>
            this.#ops((tx) => tx`select app.unpark_order(${id})`),
          ),
      ],
      [2, "warn", () => this.#sql`select app.warn_parked()`],
      [3, "capacity", () => this.#setCapacity()],
      [4, "plan", () => this.#plan()],
      [3, "start", () => this.#start()],
      [6, "arrive", () => this.#onRoad((tx, id) => tx`select app.arrive(${id})`)],
      [10, "finish", () => this.#finish()],
      [2, "forecast", () => this.#forecast()],
      [2, "cancel", () => this.#cancel()],
      [2, "close unused", () => this.#sql`select app.close_unused_shifts(2)`],
      [5, "replan", () => this.#replan()],
      [
        1,
        "resolve",
        () => this.#on("exceptions", "true", (id) => this.#ops((tx) => tx`select app.resolve_exception(${id})`)),
      ],
    ];
    const [name, act] = this.#draw(acts);
    let outcome = "done";
    try {
      await act();
    } catch (error) {
      const isFault = error instanceof postgres.PostgresError && /^KP/.test(error.code) && error.code !== "KPBUG";
      if (!isFault) throw new Error(`the history broke at "${name}"`, { cause: error });
      outcome = error.code;
    }
    const entry = `${name}: ${outcome}`;
    this.tally[entry] = (this.tally[entry] ?? 0) + 1;
    await this.#sql`update app.clock set shift = shift + ${this.#random() * MAX_PAUSE_SEC} * interval '1 second'`;
  }

  #draw(acts: readonly (readonly [weight: number, name: string, act: () => Promise<unknown>])[]) {
    let left = this.#random() * acts.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, name, act] of acts) {
      left -= weight;
      if (left < 0) return [name, act] as const;
    }
    throw new Error("a draw is below the sum of the weights");
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)]!;
  }

  /** As random as the seed, so that nothing in the order of ids differs from run to run. */
  #mintId(): string {
    const digits = Array.from({ length: 32 }, () => Math.floor(this.#random() * 16).toString(16)).join("");
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  async #some(table: keyof typeof ORDER, where: string): Promise<string | undefined> {
    const rows = await this.#sql.unsafe<{ id: string }[]>(
      `select id from public.${table} where ${where} order by ${ORDER[table]}`,
    );
    return rows.length === 0 ? undefined : this.#pick(rows).id;
  }

  async #on(table: keyof typeof ORDER, where: string, work: (id: string) => Promise<unknown>): Promise<void> {
    const id = await this.#some(table, where);
    if (id !== undefined) await work(id);
  }

  #ops(work: (tx: Transaction) => Promise<unknown>): Promise<unknown> {
    return asCaller(this.#sql, caller(this.#network.staff.ops), work);
  }

  #cart(cold: boolean): Record<string, number> {
    const goods = cold ? Object.values(SKUS) : [SKUS.bread, SKUS.water];
    const cart: Record<string, number> = {};
    for (let i = 1 + Math.floor(this.#random() * 3); i > 0; i--)
      cart[this.#pick(goods)] = 1 + Math.floor(this.#random() * 3);
    return cart;
  }

  async #requestFor(service: string, holdId: string, cart?: Record<string, number>): Promise<HoldRequest | undefined> {
    const hour = this.#pick([10, 12, 14, 16]);
    const day = this.#pick([0, 0, 1]);
    const nodeId = this.#pick([NODES.storeA, NODES.storeB]);
    if (service === "pickup") return pickupRequest(this.#sql, { cart: cart ?? this.#cart(true), hour, day, nodeId });
    if (service === "parcel") return parcelRequest({ cart: cart ?? this.#cart(false), day });
    const shifts = await this.#sql<{ id: string; carries_frozen: boolean; day: number }[]>`
      select s.id, v.carries_frozen, s.starts_at::date - '2026-03-02'::date as day
      from public.shifts s join public.vehicles v on v.id = s.vehicle_id where s.starts_at < ${instant(0, 2)} order by s.starts_at, s.vehicle_id`;
    const shift = this.#pick(shifts);
    const request = await deliveryRequest(this.#sql, this.#network, {
      shiftId: shift.id,
      holdId,
      hour,
      day: shift.day,
      cart: cart ?? this.#cart(shift.carries_frozen),
    });
    // Behind the last stop there may be no time left in the window: an engine would not have offered it.
    const isLate = request.route.stops.at(-1)!.start_at >= request.window_ends_at;
    const isCold = request.lines.some(({ sku_id }) => sku_id === SKUS.milk || sku_id === SKUS.ice);
    return isLate || (isCold && !shift.carries_frozen) ? undefined : request;
  }

  /** Every third through the market, which has shares of everything; not drawn. */
  #channel(): { readonly channel_id: string } {
    return { channel_id: this.#placed++ % 3 === 0 ? "MARKET" : "SHOP" };
  }

  async #place(service: string): Promise<void> {
    const holdId = this.#mintId();
    const request = await this.#requestFor(service, holdId);
    if (request) await placeHold(this.#sql, holdId, { ...request, ...this.#channel() }, 600);
  }

  /** A cart from two nodes: by two vans, or by a van and a carrier. */
  async #placeParts(): Promise<void> {
    const when = { hour: this.#pick([10, 12, 14, 16]), day: this.#pick([0, 1, 1]) };
    const lead = await this.#vanPart(this.#pick([VANS.a1, VANS.a2]), when);
    const other =
      this.#random() < 0.5
        ? await this.#vanPart(VANS.b1, when)
        : { ...parcelRequest({ cart: this.#cart(false), day: when.day }), hold_id: this.#mintId() };
    if (!lead || !other) return;
    const channel = this.#channel();
    const parts = [
      { ...lead, ...channel },
      { ...other, ...channel },
    ];
    await placeHold(this.#sql, lead.hold_id, parts, 600);
  }

  /** Brought to a store by the lane, alone or with goods of the store. */
  async #placeTransfer(): Promise<void> {
    const when = { hour: this.#pick([14, 16]), day: this.#pick([0, 0, 1]) };
    const holdId = this.#mintId();
    const parts =
      this.#random() < 0.5
        ? [await transferRequest(this.#sql, { ...when, cart: this.#cart(true) })]
        : await mixedParts(this.#sql, { ...when, carts: [this.#cart(true), this.#cart(true)] });
    const channel = this.#channel();
    const [lead, ...others] = (this.#random() < 0.5 ? parts : [...parts].reverse()).map((part) => ({
      ...part,
      ...channel,
    }));
    await placeHold(this.#sql, holdId, [lead!, ...others.map((part) => ({ ...part, hold_id: this.#mintId() }))], 600);
  }

  async #atStore(
    work: (tx: Transaction, fulfilmentId: string) => Promise<unknown>,
    ...states: readonly [string, string]
  ): Promise<void> {
    const brought = `hold_id in (select id from public.holds where lane_id is not null) and state in ('${states.join("', '")}')`;
    await this.#on("fulfilments", brought, (id) => this.#ops((tx) => work(tx, id)));
  }

  async #vanPart(van: string, { hour, day }: { hour: number; day: number }) {
    const holdId = this.#mintId();
    const cart = this.#cart(van !== VANS.a2);
    const shiftId = await shiftOf(this.#sql, van, day);
    const request = await deliveryRequest(this.#sql, this.#network, { shiftId, holdId, hour, day, cart });
    return request.route.stops.at(-1)!.start_at >= request.window_ends_at ? undefined : { ...request, hold_id: holdId };
  }

  /** To anything else; a stop of the old hold is left out of the new one's route. */
  async #swap(): Promise<void> {
    const repeat = this.#random() < 0.2;
    await this.#on("holds", repeat ? "id = lead_id" : "id = lead_id and state = 'held'", async (oldId) => {
      const holdId = this.#mintId();
      const request = await this.#requestFor(this.#pick(["delivery", "delivery", "pickup", "parcel"]), holdId);
      if (!request) return;
      const olds = await this.#sql<
        { id: string }[]
      >`select id from public.holds where lead_id = ${oldId} and state = 'held'`;
      const [channel] = await this.#sql`select channel_id from public.holds where id = ${oldId}`;
      const stops = request.route?.stops.filter(({ id }) => !olds.some((old) => old.id === id));
      await swapHold(this.#sql, oldId, holdId, {
        ...request,
        ...channel,
        ...(request.route && stops && { route: { ...request.route, stops } }),
      });
    });
  }

  async #extend(): Promise<void> {
    const extension = this.#mintId();
    await this.#on("holds", "id = lead_id and state in ('held', 'expired')", (id) =>
      extendHold(this.#sql, id, extension, 900),
    );
  }

  async #confirm(): Promise<void> {
    const repeat = this.#random() < 0.1;
    await this.#on("holds", repeat ? "id = lead_id" : "id = lead_id and state = 'held'", async (id) => {
      const [order] = await this.#sql<
        { order_id: string }[]
      >`select order_id from public.fulfilments where hold_id = ${id}`;
      await confirmHold(this.#sql, id, order?.order_id);
    });
  }

  async #atNode(act: "mark_ready" | "hand_over", where: string): Promise<void> {
    await this.#on("fulfilments", where, (id) =>
      this.#ops((tx) => (act === "mark_ready" ? tx`select app.mark_ready(${id})` : tx`select app.hand_over(${id})`)),
    );
  }

  async #reject(): Promise<void> {
    await this.#on("fulfilments", "state <> 'delivered'", async (id) => {
      const lines = await this.#sql<{ sku_id: string; units: number }[]>`
        select l.sku_id, l.units from public.hold_lines l join public.fulfilments f on f.hold_id = l.hold_id where f.id = ${id}`;
      const missing = lines.filter(() => this.#random() < 0.5);
      await this.#ops((tx) => tx`select app.reject_fulfilment(${id}, 'out_of_stock', ${tx.json(missing as never)})`);
    });
  }

  /** What nobody takes over, or the whole order with it. */
  async #fail(): Promise<void> {
    const scope = this.#pick(["parts", "order"]);
    const where = this.#random() < 0.9 ? "state = 'unplaced'" : "true";
    await this.#on("orders", where, (id) => this.#ops((tx) => tx`select app.fail_order(${id}, ${scope}, 'no goods')`));
  }

  async #replace(): Promise<void> {
    const waiting = "state = 'rejected' and replaced_by is null";
    await this.#on("fulfilments", this.#random() < 0.9 ? waiting : "true", async (id) => {
      const [part] = await this.#sql<{ service: string; channel_id: string; lines: Record<string, number> }[]>`
        select h.service, h.channel_id, (select jsonb_object_agg(l.sku_id, l.units) from public.hold_lines l where l.hold_id = h.id) as lines
        from public.fulfilments f join public.holds h on h.id = f.hold_id where f.id = ${id}`;
      const holdId = this.#mintId();
      const request = await this.#requestFor(part!.service, holdId, part!.lines);
      if (request) await replaceFulfilment(this.#sql, id, holdId, { ...request, channel_id: part!.channel_id });
    });
  }

  /** All that is left of an order in another window, by whom it may be; its stops are left out of the new one's route. */
  async #repromise(): Promise<void> {
    const isPicked =
      "select from public.fulfilments f where f.order_id = orders.id and f.state not in ('to_pick', 'rejected', 'repromised')";
    await this.#on("orders", this.#random() < 0.9 ? `not exists (${isPicked})` : "true", async (orderId) => {
      const [order] = await this.#sql<
        { service: string; channel_id: string; repromises: number; lines: Record<string, number>; leaving: string[] }[]
      >`
        select o.service, o.channel_id, o.repromises, (select jsonb_object_agg(l.sku_id, l.units) from public.order_lines l where l.order_id = o.id) as lines,
          array(select f.hold_id from public.fulfilments f where f.order_id = o.id and f.replaced_by is null) as leaving
        from public.orders o where o.id = ${orderId}`;
      const holdId = this.#mintId();
      const request = await this.#requestFor(order!.service, holdId, order!.lines);
      const by = this.#pick([
        { actor: "shopper" },
        { actor: "system", reason: "no_van" },
        { actor: "system", reason: "other", note: "a flood" },
      ] as const);
      if (request)
        await repromiseOrder(
          this.#sql,
          orderId,
          holdId,
          { ...withoutStops(request, order!.leaving), price_cents: 0, channel_id: order!.channel_id },
          { after: order!.repromises, ...by },
        );
    });
  }

  async #park(): Promise<void> {
    const parkingId = this.#mintId();
    const releaseBy = instant(this.#pick([8, 12, 20]), this.#pick([0, 1]));
    await this.#on("orders", "finished_at is null", (id) =>
      this.#ops((tx) => parkOrder(tx, id, { parkingId, releaseBy })),
    );
  }

  async #setCapacity(): Promise<void> {
    const hour = instant(8 + Math.floor(this.#random() * 3), this.#pick([0, 1]));
    const targetSec = Math.floor(this.#random() * 4000);
    await this.#ops((tx) => tx`select app.set_capacity(${this.#pick(Object.values(NODES))}, ${hour}, ${targetSec})`);
  }

  /** Deals the stops of a node's two vans of a day out again, each van's in the order of their windows. */
  async #plan(): Promise<void> {
    const day = this.#pick([0, 1]);
    const shifts = await this.#sql<{ id: string; plan_version: number; starts_at: Date; cold: boolean }[]>`
      select s.id, s.plan_version, s.starts_at, v.carries_frozen as cold from public.shifts s join public.vehicles v on v.id = s.vehicle_id
      where s.node_id = ${NODES.storeA} and s.starts_at::date = ${instant(0, day).slice(0, 10)} and s.state <> 'cancelled' order by v.id`;
    if (shifts.length === 0) return;
    const stops = await this.#sql<
      { id: string; window_starts_at: Date; window_ends_at: Date; service_sec: number; cold: boolean }[]
    >`
      select s.id, s.window_starts_at, s.window_ends_at, s.service_sec,
        exists (select from public.hold_lines l join public.skus k on k.id = l.sku_id where l.hold_id = s.hold_id and k.temperature <> 'ambient') as cold
      from public.stops s where s.shift_id in ${this.#sql(shifts.map(({ id }) => id))} order by s.window_starts_at, s.id`;
    const dealt = shifts.map((shift) => ({
      shift,
      stops: [] as RouteStop[],
      leftAt: shift.starts_at.getTime(),
      isLate: false,
    }));
    for (const stop of stops) {
      const van = this.#pick(dealt.filter(({ shift }) => shift.cold || !stop.cold));
      if (!van) return;
      const arriveAt = van.leftAt + 120_000;
      const startAt = Math.max(arriveAt, stop.window_starts_at.getTime());
      van.isLate ||= startAt >= stop.window_ends_at.getTime();
      van.leftAt = startAt + stop.service_sec * 1000;
      const times = { arrive_at: new Date(arriveAt).toISOString(), start_at: new Date(startAt).toISOString() };
      van.stops.push({ id: stop.id, leg_sec: 120, leg_m: 960, ...times });
    }
    if (dealt.some(({ isLate }) => isLate)) return;
    const plans = dealt.map(({ shift, stops }) => ({
      shift_id: shift.id,
      plan_version: shift.plan_version,
      route: { return_leg_sec: stops.length > 0 ? 600 : 0, return_leg_m: stops.length > 0 ? 4800 : 0, stops },
    }));
    await this.#sql`select app.apply_plan(${this.#sql.json(plans as never)})`;
  }

  async #start(): Promise<void> {
    const shiftId = await this.#some("shifts", "starts_at < app.now() + interval '2 hours'");
    if (shiftId === undefined) return;
    // Picking and loading what lies ready makes a van leave now and then.
    const waiting = await this.#sql<{ id: string }[]>`
      select f.id from public.fulfilments f join public.stops s on s.hold_id = f.hold_id where s.shift_id = ${shiftId} and f.state in ('to_pick', 'ready')`;
    for (const { id } of waiting) await this.#ops((tx) => tx`select app.mark_ready(${id}), app.hand_over(${id})`);
    await this.#ops((tx) => tx`select app.start_shift(${shiftId})`);
  }

  async #onRoad(work: (tx: Transaction, stopId: string) => Promise<unknown>): Promise<void> {
    const underWay = "shift_id in (select id from public.shifts where state <> 'planned')";
    const stopId = (await this.#some("stops", underWay)) ?? (await this.#some("stops", "true"));
    if (stopId !== undefined) await this.#ops((tx) => work(tx, stopId));
  }

  async #finish(): Promise<void> {
    const failed = this.#random() < 0.2;
    await this.#onRoad((tx, id) =>
      failed
        ? tx`select app.finish_stop(${id}, 'failed', 'nobody_home')`
        : tx`select app.finish_stop(${id}, 'delivered')`,
    );
  }

  async #forecast(): Promise<void> {
    await this.#on("shifts", "state <> 'cancelled'", (id) => {
      const lateSec = this.#pick([0, 600]);
      return this.#sql`select app.record_forecast(${id}, '[]', ${lateSec})`;
    });
  }

  async #cancel(): Promise<void> {
    await this.#on("shifts", `starts_at < '${instant(0, 2)}'`, (id) =>
      this.#ops((tx) => tx`select app.cancel_shift(${id})`),
    );
  }

  async #replan(): Promise<void> {
    const displaced =
      "state in ('held', 'confirmed') and service = 'delivery' and id not in (select hold_id from public.stops)";
    await this.#on("holds", displaced, async (id) => {
      const [hold] = await this.#sql<{ node_id: string; window_starts_at: Date; cold: boolean }[]>`
        select node_id, window_starts_at, exists (select from public.hold_lines l join public.skus k on k.id = l.sku_id
          where l.hold_id = h.id and k.temperature <> 'ambient') as cold from public.holds h where id = ${id}`;
      const shifts = await this.#sql<{ id: string }[]>`
        select s.id from public.shifts s join public.vehicles v on v.id = s.vehicle_id
        where s.node_id = ${hold!.node_id} and s.starts_at::date = ${hold!.window_starts_at}::timestamptz::date and (v.carries_frozen or not ${hold!.cold})
          and s.state <> 'cancelled' order by s.vehicle_id`;
      if (shifts.length === 0) return;
      const asked = await deliveryRequest(this.#sql, this.#network, {
        holdId: id,
        shiftId: this.#pick(shifts).id,
        hour: hold!.window_starts_at.getUTCHours(),
        day: Math.round(
          (hold!.window_starts_at.getTime() - Date.parse(instant(hold!.window_starts_at.getUTCHours()))) / 86_400_000,
        ),
      });
      if (asked.route.stops.at(-1)!.start_at >= asked.window_ends_at) return;
      await this
        .#sql`select app.replan_hold(${id}, ${asked.shift_id}, ${asked.plan_version}, ${this.#sql.json(asked.route as never)})`;
    });
  }
}
