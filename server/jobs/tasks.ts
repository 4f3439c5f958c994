import type { TaskList } from "graphile-worker";
import { z } from "zod";
import { RegionId, ShiftId } from "../domain/id.ts";
import { forecastShifts } from "../features/dispatch/forecast-shifts.ts";
import { improveRoutes } from "../features/dispatch/improve-routes.ts";
import { buildSnapshot } from "../features/promise/build-snapshot.ts";
import { replanHold, resourceOrder } from "../features/promise/contract.ts";
import { promiseServices } from "../features/promise/promise-services.ts";
import type { Platform } from "../platform.ts";

const OfRegion = z.object({ regionId: RegionId });
const OfShift = z.object({ shiftId: ShiftId });
const EXPIRED_AT_ONCE = 50;

/** What runs in the background. Every task may run twice, and at the same time as any other. */
export function tasksOf(platform: Platform): TaskList {
  const { db } = platform;
  return {
    /** Ends holds whose time is over. Nobody's hold waits for it: a confirmation looks at the time itself. */
    async expire_holds() {
      for (let expired = EXPIRED_AT_ONCE; expired === EXPIRED_AT_ONCE; ) {
        const [row] = await db`select app.expire_holds(${EXPIRED_AT_ONCE}) as expired`;
        expired = row!.expired;
      }
    },

    /** What holds were decided by that ended without an order. */
    async forget_decisions() {
      await db`select app.forget_decisions()`;
    },

    async refresh_snapshot(payload) {
      const { regionId } = OfRegion.parse(payload);
      await buildSnapshot(promiseServices(platform), regionId);
    },

    async improve_routes(payload) {
      const { shiftId } = OfShift.parse(payload);
      await improveRoutes(db, platform.travel(), shiftId);
    },

    async forecast_shifts() {
      await forecastShifts(db);
    },

    /** Takes shifts off the road that should have left and have no stop. */
    async close_unused_shifts() {
      await db`select app.close_unused_shifts()`;
    },

    /** Tells of goods that missed their run to a store, or were not received there. */
    async watch_transfers() {
      await db`select app.open_late_transfers()`;
    },

    /** Opens the days that have come into the horizon. */
    async open_horizon() {
      for (const region of await db`select id from public.regions order by id`)
        await db`select app.open_horizon(${region.id})`;
    },

    /** Orders that lost their node and found no other at once: stock comes back, vans are added. */
    async resource_orders() {
      for (const order of await db`select id from public.orders where state = 'unplaced' order by priority_class, agreed_starts_at limit 50`) {
        await resourceOrder(platform, order.id);
      }
    },

    /** Holds whose van fell out and that found no other at once. */
    async replan_holds() {
      const open = await db`
        select e.hold_id from public.exceptions e
        join public.holds h on h.id = e.hold_id
        join public.channels c on (c.region_id, c.id) = (h.region_id, h.channel_id)
        left join public.fulfilments f on f.hold_id = h.id left join public.orders o on o.id = f.order_id
        where e.kind = 'hold_unplannable' and e.resolved_at is null
        order by coalesce(o.priority_class, c.priority_class), e.opened_at limit 50`;
      for (const { hold_id } of open) await replanHold(platform, hold_id);
    },

    /** Parked orders that must be looked at before it is too late to pick them. */
    async warn_parked() {
      await db`select app.warn_parked()`;
    },

    /** Realtime keeps its messages only to deliver them. Hosted projects drop whole days themselves; this keeps one. */
    async prune_messages() {
      await db`delete from realtime.messages where inserted_at < now() - interval '1 day'`;
    },
  };
}

/** Lines of a crontab: minute hour day month weekday task. */
export const CRONTAB = `
* * * * * resource_orders
* * * * * replan_holds
* * * * * close_unused_shifts
* * * * * watch_transfers
* * * * * warn_parked
*/10 * * * * open_horizon
* * * * * forget_decisions
17 * * * * prune_messages
`;
