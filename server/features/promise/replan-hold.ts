import { findDeliveryWindows, STAGE } from "#server/core/promise/delivery-windows.ts";
import { faultOfError } from "#server/db/fault-of-error.ts";
import { Cart } from "#server/domain/cart.ts";
import type { PromiseServices } from "./promise-services.ts";
import { readNodes, readRegion, readSkus } from "./queries.ts";
import { routeWithVisit } from "./route-with-visit.ts";
import { parcelOf, toPromiseProblem } from "./to-problem.ts";

const TRIES = 4;

const NO_WORK = { startSec: new Int32Array(), freeSec: new Int32Array() };

/**
 * Finds another van of the same node for a hold whose van fell out, within its window and after its picking, and puts it
 * there. Returns whether it has a van now; where it has none, its exception stays open. Safe to repeat.
 */
export async function replanHold(services: PromiseServices, holdId: string): Promise<boolean> {
  const { db } = services;
  for (let attempt = 1; ; attempt++) {
    const [hold] = await db`
      select h.region_id, h.node_id, h.state, h.lng, h.lat, extract(epoch from app.now())::float8 as now_sec,
        extract(epoch from h.window_starts_at)::integer as start_sec, extract(epoch from h.window_ends_at)::integer as end_sec,
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
    const idle = { ...node, pickSetupSec: 0, pickLineSec: 0, pickUnitSec: 0, handoverSec: 0 };
    const parcel = parcelOf(lines, skus);
    const problem = toPromiseProblem(
      fleet,
      { nowSec: hold.now_sec, nodeIds: [node.id], workOf: () => NO_WORK },
      [idle],
      loaded,
      lines,
      parcel,
      door,
      [{ startSec: hold.start_sec, endSec: hold.end_sec }],
    );
    const [answer] = findDeliveryWindows(problem.nowSec, parcel, problem.nodes, problem.shifts, problem.windows);
    if (answer?.stage !== STAGE.feasible) return false;

    const shift = problem.loaded[answer.shift]!;
    const route = routeWithVisit(problem, answer.shift, answer.position, holdId, fleet.originSec);
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
