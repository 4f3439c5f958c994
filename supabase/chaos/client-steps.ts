import type { Run, Transact } from "./client.ts";
import type { AskedPart, ReadRoute } from "./scarce-network.ts";

// Every call of the database's functions by the harness, and nothing else. Each step says for itself how many
// transactions it takes, so that a mutant can take two where one is right.

export interface PlacedHold {
  readonly state: string;
  readonly expiresAtMs: number;
}

export interface ConfirmedOrder {
  readonly number: number;
  readonly token: string;
}

export interface Customer {
  readonly token: string;
  readonly customer_name: string;
  readonly customer_phone: string;
}

/** What a client can ask for. Safe to repeat with the same ids, as the functions are. */
export interface ClientSteps {
  readRoute(transact: Transact, shiftId: string): Promise<ReadRoute>;
  /** The first part is the lead's, and its id the hold's. */
  placeHold(transact: Transact, parts: readonly AskedPart[], ttlSec: number): Promise<PlacedHold>;
  /** `askedAtMs`: the platform's time just before the call, after the transaction had begun. */
  confirmHold(
    transact: Transact,
    holdId: string,
    orderId: string,
    customer: Customer,
    before?: (run: Run) => Promise<unknown>,
  ): Promise<ConfirmedOrder & { readonly askedAtMs: number }>;
  releaseHold(transact: Transact, holdId: string): Promise<string>;
  /** More time, once; `extensionId` is the client's key of this one wish. */
  extendHold(transact: Transact, holdId: string, extensionId: string, ttlSec: number): Promise<PlacedHold>;
  /** The old hold for the new one, or nothing. */
  swapHold(transact: Transact, oldId: string, parts: readonly AskedPart[], ttlSec: number): Promise<PlacedHold>;
  /** What was paid for after its hold ran out: all of it anew and confirmed, or nothing. */
  reacquireAndConfirm(
    transact: Transact,
    oldId: string,
    parts: readonly AskedPart[],
    orderId: string,
    customer: Customer,
  ): Promise<ConfirmedOrder>;
  /** A confirmed order to another window, all of it, or nothing; `after`: how often the client knows it to have been moved. */
  moveOrder(transact: Transact, orderId: string, after: number, parts: readonly AskedPart[]): Promise<number>;
  /** A node sends its part of an order back after it was confirmed. */
  rejectPart(transact: Transact, partId: string, userId: string): Promise<void>;
  /** Ready, then out of the door. */
  handOverPart(transact: Transact, partId: string, userId: string): Promise<void>;
  parkOrder(transact: Transact, orderId: string, parkingId: string, userId: string): Promise<void>;
  unparkOrder(transact: Transact, orderId: string, userId: string): Promise<void>;
  setCapacity(transact: Transact, nodeId: string, startsAt: string, targetSec: number, userId: string): Promise<void>;
  setPaused(transact: Transact, nodeId: string, isPaused: boolean): Promise<void>;
  /** The sweeper's call; answers how many it ended. */
  expireHolds(transact: Transact, atMost: number): Promise<number>;
}

/** Asked of the wall clock and the shift themselves, because a mutant may have another idea of `app.now()`. */
const CLOCK = "(clock_timestamp() + (select shift from app.clock))";

export async function platformMs(run: Run): Promise<number> {
  const [row] = await run<{ ms: number }>((sql) =>
    sql.unsafe(`select (extract(epoch from ${CLOCK}) * 1000)::float8 as ms`),
  );
  return row!.ms;
}

export const CLIENT_STEPS: ClientSteps = {
  readRoute: (transact, shiftId) =>
    transact(async (run) => {
      const [row] = await run<{ version: number; startsAt: Date; stops: ReadRoute["stops"] }>(
        (sql) => sql`
        select s.plan_version as version, s.starts_at as "startsAt",
          coalesce((select jsonb_agg(jsonb_build_object('id', p.id, 'hour', extract(hour from p.window_starts_at at time zone 'UTC'))
            order by p.position) from public.stops p where p.shift_id = s.id), '[]') as stops
        from public.shifts s where s.id = ${shiftId}`,
      );
      return row!;
    }),

  placeHold: (transact, parts, ttlSec) =>
    transact(async (run) => {
      const [row] = await run<PlacedRow>(
        (sql) => sql`
        select state, expires_at from app.place_hold(${parts[0]!.hold_id!}, ${sql.json(parts as never)}, ${ttlSec})`,
      );
      return placedOf(row!);
    }),

  confirmHold: (transact, holdId, orderId, customer, before) =>
    transact(async (run) => {
      await before?.(run);
      const askedAtMs = await platformMs(run);
      const [row] = await run<ConfirmedOrder>(
        (sql) => sql`
        select order_number as number, token from app.confirm_hold(${holdId}, ${orderId}, ${sql.json(customer as never)})`,
      );
      return { ...row!, askedAtMs };
    }),

  releaseHold: (transact, holdId) =>
    transact(async (run) => {
      const [row] = await run<{ state: string }>((sql) => sql`select app.release_hold(${holdId}) as state`);
      return row!.state;
    }),

  extendHold: (transact, holdId, extensionId, ttlSec) =>
    transact(async (run) => {
      const [row] = await run<PlacedRow>(
        (sql) => sql`select state, expires_at from app.extend_hold(${holdId}, ${extensionId}, ${ttlSec})`,
      );
      return placedOf(row!);
    }),

  swapHold: (transact, oldId, parts, ttlSec) =>
    transact(async (run) => {
      const [row] = await run<PlacedRow>(
        (sql) => sql`
        select state, expires_at
        from app.swap_hold(${oldId}, ${parts[0]!.hold_id!}, ${sql.json(parts as never)}, ${ttlSec})`,
      );
      return placedOf(row!);
    }),

  reacquireAndConfirm: (transact, oldId, parts, orderId, customer) =>
    transact(async (run) => {
      const [row] = await run<ConfirmedOrder>(
        (sql) => sql`
        select order_number as number, token from app.reacquire_and_confirm(${oldId}, ${parts[0]!.hold_id!},
          ${sql.json(parts as never)}, ${orderId}, ${sql.json(customer as never)})`,
      );
      return row!;
    }),

  moveOrder: (transact, orderId, after, parts) =>
    transact(async (run) => {
      const [row] = await run<{ number: number }>(
        (sql) => sql`
        select app.repromise_order(${orderId}, ${after}, ${parts[0]!.hold_id!}, ${sql.json(parts as never)},
          'shopper', 'shopper_asked', '') as number`,
      );
      return row!.number;
    }),

  rejectPart: (transact, partId, userId) =>
    transact(async (run) => {
      await actAs(run, userId);
      await run(
        (sql) => sql`
        select app.reject_fulfilment(f.id, 'no_capacity') from public.fulfilments f where f.hold_id = ${partId}`,
      );
    }),

  // Each call in a transaction of its own, as people make them.
  async handOverPart(transact, partId, userId) {
    await transact(async (run) => {
      await actAs(run, userId);
      // A repeated hand-over finds the order gone, which is no longer a state to become ready from.
      await run(
        (sql) => sql`
        select app.mark_ready(f.id) from public.fulfilments f where f.hold_id = ${partId} and f.state = 'to_pick'`,
      );
    });
    await transact(async (run) => {
      await actAs(run, userId);
      await run((sql) => sql`select app.hand_over(f.id) from public.fulfilments f where f.hold_id = ${partId}`);
    });
  },

  parkOrder: (transact, orderId, parkingId, userId) =>
    transact(async (run) => {
      await actAs(run, userId);
      await run(
        (sql) => sql`
        select app.park_order(${orderId}, ${parkingId}, 'payment_check', '', app.now() + interval '1 hour')`,
      );
    }),

  unparkOrder: (transact, orderId, userId) =>
    transact(async (run) => {
      await actAs(run, userId);
      await run((sql) => sql`select app.unpark_order(${orderId})`);
    }),

  setCapacity: (transact, nodeId, startsAt, targetSec, userId) =>
    transact(async (run) => {
      await actAs(run, userId);
      await run((sql) => sql`select from app.set_capacity(${nodeId}, ${startsAt}, ${targetSec})`);
    }),

  // No function of its own: the import of a network writes it.
  setPaused: (transact, nodeId, isPaused) =>
    transact(async (run) => {
      await run(
        (sql) =>
          sql`update public.nodes set paused_at = case when ${isPaused}::boolean then app.now() end where id = ${nodeId}`,
      );
    }),

  expireHolds: (transact, atMost) =>
    transact(async (run) => {
      const [row] = await run<{ expired: number }>((sql) => sql`select app.expire_holds(${atMost}) as expired`);
      return row!.expired;
    }),
};

interface PlacedRow {
  readonly state: string;
  readonly expires_at: Date;
}

function placedOf({ state, expires_at }: PlacedRow): PlacedHold {
  return { state, expiresAtMs: expires_at.getTime() };
}

async function actAs(run: Run, userId: string): Promise<void> {
  const claims = JSON.stringify({ sub: userId, role: "authenticated" });
  await run((sql) => sql`select set_config('request.jwt.claims', ${claims}, true)`);
}

// ------------------------------------------------------------------------------------------- steps with a seeded bug

/** Needs {@link KEYS_TABLE}. The key says "done" before it is, and whoever asks again after a crash is told so. */
export const KEY_WRITTEN_FIRST: Partial<ClientSteps> = {
  async placeHold(transact, parts, ttlSec) {
    const isNew = await transact(async (run) => {
      const rows = await run(
        (sql) => sql`
        insert into app.chaos_keys values (${parts[0]!.hold_id!}) on conflict do nothing returning id`,
      );
      return rows.length > 0;
    });
    return isNew ? CLIENT_STEPS.placeHold(transact, parts, ttlSec) : { state: "held", expiresAtMs: 0 };
  },
};
export const KEYS_TABLE = "create table app.chaos_keys (id uuid primary key)";

/** Needs a place_hold without its claims: the hold is written first, what it claims is taken in the next transaction. */
export const CLAIMS_TAKEN_LATER: Partial<ClientSteps> = {
  async placeHold(transact, parts, ttlSec) {
    const placed = await CLIENT_STEPS.placeHold(transact, parts, ttlSec);
    await transact((run) =>
      run(
        (sql) => sql`
        select app.take_claims(app.read_parts(${sql.json(parts as never)}))
        where not exists (select from public.claims where hold_id = ${parts[0]!.hold_id!})`,
      ),
    );
    return placed;
  },
};
