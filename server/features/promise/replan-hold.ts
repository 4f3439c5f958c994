import { findPlans } from "#server/core/promise/find-plans.ts";
import { faultOfError } from "#server/db/fault-of-error.ts";
import { Cart } from "#server/domain/cart.ts";
import { prepareFleet } from "./fleet.ts";
import type { PromiseServices } from "./promise-services.ts";
import { readNodes, readRegion, readSkus } from "./queries.ts";
import { routeWithVisit } from "./route-with-visit.ts";
import { groupCart, toPromiseProblem } from "./to-problem.ts";

const TRIES = 4;

const NO_HOURS = { startSec: new Int32Array(), limitSec: new Int32Array(), freeSec: new Int32Array() };
const ONE_NODE = { mostNodes: 1, leastPartCents: 0, splitCents: 0, busyPercent: 100, busyHourCents: 0 };

/**
 * Finds another van of the same node for a hold whose van fell out, within its visit and after its picking, and puts it
 * there. Returns whether it has a van now; where it has none, its exception stays open. Safe to repeat.
 */
export async function replanHold(services: PromiseServices, holdId: string): Promise<boolean> {
  const { db } = services;
  for (let attempt = 1; ; attempt++) {
    const [hold] = await db`
      select h.region_id, h.node_id, h.state, h.lng, h.lat, extract(epoch from app.now())::float8 as now_sec,
        extract(epoch from h.visit_starts_at)::integer as start_sec, extract(epoch from h.visit_ends_at)::integer as end_sec, h.climb_sec,
        extract(epoch from h.pick_by)::integer as pick_by_sec,
        (select jsonb_agg(jsonb_build_object('skuId', l.sku_id, 'units', l.units)) from public.hold_lines l where l.hold_id = h.id) as lines,
        exists (select from public.stops s where s.hold_id = h.id) as planned
      from public.holds h where h.id = ${holdId} and h.service = 'delivery'`;
    if (!hold || !["held", "confirmed"].includes(hold.state)) return false;
    if (hold.planned) return true;

    const region = await readRegion(db, hold.region_id);
    const fleet = services.fleetOf(region);
    const door = fleet.travel.snap(hold.lng, hold.lat);
    if (!door) return false;
    const lines = Cart.parse(hold.lines);
    const [nodes, skus, shifts] = await Promise.all([
      readNodes(db, hold.region_id),
      readSkus(db, lines),
      db`
        select s.id, s.plan_version from public.shifts s
        where s.node_id = ${hold.node_id} and s.state = 'planned' and s.starts_at > app.now() and extract(epoch from s.starts_at) >= ${hold.pick_by_sec}
        order by s.id`,
    ]);
    const loaded = await fleet.load(
      db,
      shifts.map((row) => row.id),
      shifts.map((row) => row.plan_version),
    );

    // The goods are claimed and their picking is too: what is asked of the node is nothing, only the van is new.
    const node = nodes.find((row) => row.id === hold.node_id);
    if (!node) return false;
    const cart = groupCart(lines, skus, hold.climb_sec);
    const source = {
      holds: new Uint8Array(cart.groups.count).fill(1),
      hours: NO_HOURS,
      pickSetupSec: 0,
      pickLineSec: 0,
      pickUnitSec: 0,
      handoverSec: 0,
      handlingCents: 0,
      pickHourCents: 0,
    };
    const visit = { startSec: hold.start_sec, endSec: hold.end_sec };
    const planned = prepareFleet(fleet.travel, [node], loaded);
    const facts = { nowSec: hold.now_sec, rules: ONE_NODE };
    const problem = toPromiseProblem(fleet, facts, [source], Uint8Array.of(1), planned, cart, door, [visit]);
    const answer = findPlans(problem)[0]!;
    if (!("parts" in answer)) return false;

    const part = answer.parts[0]!;
    const shift = planned.loaded[part.shift]!;
    const route = routeWithVisit(planned, part, problem.asks[0]!.rows, visit, holdId, fleet.originSec);
    try {
      await db`select app.replan_hold(${holdId}, ${shift.id}, ${shift.version}, ${db.json(route as never)})`;
      return true;
    } catch (error) {
      const fault = faultOfError(error);
      if (!fault) throw error;
      if (attempt === TRIES) return false;
    }
  }
}
