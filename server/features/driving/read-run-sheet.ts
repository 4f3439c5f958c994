import * as z from "zod";
import { LeftWith } from "#server/domain/delivery-wishes.ts";
import { Fault } from "#server/domain/fault.ts";
import { OrderId, ShiftId, StopId } from "#server/domain/id.ts";
import { Instant } from "#server/domain/instant.ts";
import { FailReason, FulfilmentState, ShiftState, StopState, Temperature } from "#server/domain/state.ts";
import { driverProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ shiftId: ShiftId });

const Shift = z.object({
  shiftId: ShiftId,
  vanName: z.string(),
  nodeName: z.string(),
  nodeAddress: z.string(),
  timeZone: z.string(),
  state: ShiftState,
  startsAt: Instant,
  endsAt: Instant,
  startedAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
  claimedWeightG: z.int(),
  returnLegSec: z.int(),
});

const Stop = z.object({
  stopId: StopId,
  state: StopState,
  address: z.string(),
  lng: z.number(),
  lat: z.number(),
  windowStartsAt: Instant,
  windowEndsAt: Instant,
  legSec: z.int(),
  legM: z.int(),
  startAt: Instant,
  etaAt: Instant.nullable(),
  arrivedAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
  failReason: FailReason.nullable(),
  weightG: z.int(),
  /** Null: not said. */
  floor: z.int().nullable(),
  hasLift: z.boolean().nullable(),
  leftWith: LeftWith.nullable(),
  /** Null while the window is only held, and where nothing was wished. */
  door: z
    .object({
      safePlace: z.string().nullable(),
      neighbourAllowed: z.boolean(),
      hasGateCode: z.boolean(),
      /** For the shift's driver only, from the day of the delivery on until the stop is over; else null. */
      gateCode: z.string().nullable(),
    })
    .nullable(),
  /** Null while the window is only held: nobody has ordered yet. */
  order: z
    .object({
      orderId: OrderId,
      number: z.int(),
      state: FulfilmentState,
      customerName: z.string(),
      customerPhone: z.string(),
      customerNote: z.string(),
      /** Of what this van brings; other vans may bring more of the order. */
      lineCount: z.int(),
      temperatures: z.array(Temperature),
    })
    .nullable(),
});

const Output = Shift.extend({
  now: Instant,
  /** Orders that the node still has to hand over before the van may leave. */
  waitingCount: z.int(),
  /** In driving order. */
  stops: z.array(Stop),
});

/** A shift's stops in driving order, with all that is needed at the door. Faults: not-found. */
export const readRunSheet = driverProcedure
  .input(Input)
  .output(Output)
  .query(({ ctx, input: { shiftId } }) =>
    ctx.asCaller(async (tx) => {
      const [shift] = await tx<(z.input<typeof Shift> & { now: Date })[]>`
        select h.id as "shiftId", v.name as "vanName", n.name as "nodeName", n.address as "nodeAddress", r.time_zone as "timeZone",
          h.state, h.starts_at as "startsAt", h.ends_at as "endsAt", h.started_at as "startedAt", h.finished_at as "finishedAt",
          h.claimed_weight_g as "claimedWeightG", h.return_leg_sec as "returnLegSec", app.now() as now
        from public.shifts h
        join public.vehicles v on v.id = h.vehicle_id
        join public.nodes n on n.id = h.node_id
        join public.regions r on r.id = h.region_id
        where h.id = ${shiftId} and app.may_drive(h.id)`;
      if (!shift) throw new Fault("not-found", shiftId);
      const stops = await tx<z.input<typeof Stop>[]>`
        select s.id as "stopId", s.state, t.address, s.lng, s.lat, s.window_starts_at as "windowStartsAt",
          s.window_ends_at as "windowEndsAt", s.leg_sec as "legSec", s.leg_m as "legM", s.start_at as "startAt", s.eta_at as "etaAt",
          s.arrived_at as "arrivedAt", s.finished_at as "finishedAt", s.fail_reason as "failReason", s.weight_g as "weightG",
          t.floor, t.has_lift as "hasLift", s.left_with as "leftWith",
          case when d.stop_id is not null then jsonb_build_object('safePlace', d.safe_place, 'neighbourAllowed', d.neighbour_allowed,
            'hasGateCode', d.has_gate_code, 'gateCode', d.gate_code) end as door,
          case when o.id is not null then jsonb_build_object('orderId', o.id, 'number', o.number, 'state', f.state,
            'customerName', o.customer_name, 'customerPhone', o.customer_phone, 'customerNote', o.customer_note,
            'lineCount', (select count(*) from public.hold_lines l where l.hold_id = t.id),
            'temperatures', (select jsonb_agg(distinct k.temperature) from public.hold_lines l join public.skus k on k.id = l.sku_id
              where l.hold_id = t.id)) end as "order"
        from public.stops s
        join public.holds t on t.id = s.hold_id
        left join public.fulfilments f on f.hold_id = s.hold_id
        left join public.orders o on o.id = f.order_id
        left join app.read_doors(${shiftId}) d on d.stop_id = s.id
        where s.shift_id = ${shiftId} order by s.position`;
      const waitingCount = stops.filter((stop) => stop.order === null || isAtNode(stop.order.state)).length;
      return { ...shift, waitingCount, stops };
    }),
  );

function isAtNode(state: FulfilmentState): boolean {
  return state === "to_pick" || state === "ready";
}
