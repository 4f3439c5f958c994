import * as z from "zod";
import { readRegionDay } from "#server/db/read-region-day.ts";
import { OrderId, RegionId } from "#server/domain/id.ts";
import { Day, Instant } from "#server/domain/instant.ts";
import { OrderState, Service } from "#server/domain/state.ts";
import { words } from "#server/domain/words.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const PAGE_SIZE = 50;

const Input = z.strictObject({
  regionId: RegionId,
  /** Only orders that are agreed for this day. */
  day: Day.optional(),
  state: OrderState.optional(),
  /** A number, or part of a name or an address. */
  text: words(1, 80).optional(),
  /** The last number of the page before. */
  cursor: z.int32().positive().nullish(),
  /** Sent along by the client's paging; there is one way to go. */
  direction: z.literal("forward").optional(),
});

const OrderRow = z.object({
  orderId: OrderId,
  number: z.int(),
  state: OrderState,
  service: Service,
  customerName: z.string(),
  address: z.string(),
  /** What holds now: the promise, until it was changed. */
  agreedStartsAt: Instant,
  agreedEndsAt: Instant,
  isRepromised: z.boolean(),
  isParked: z.boolean(),
  /** Of the parts that have a node, of those that have a van, and of the parcels. */
  nodeNames: z.array(z.string()),
  vanNames: z.array(z.string()),
  carrierNames: z.array(z.string()),
});

const Output = z.object({
  timeZone: z.string(),
  orders: z.array(OrderRow),
  /** Null on the last page. */
  nextCursor: z.int().nullable(),
});

/** Orders of a region, newest first, a page at a time. Faults: not-found. */
export const listOrders = opsProcedure
  .input(Input)
  .output(Output)
  .query(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      const day = await readRegionDay(tx, input.regionId, input.day);
      const pattern = input.text && `%${input.text.replace(/[\\%_]/g, "\\$&")}%`;
      const orders = await tx<z.input<typeof OrderRow>[]>`
        select o.id as "orderId", o.number, o.state, o.service, o.customer_name as "customerName", o.address,
          o.agreed_starts_at as "agreedStartsAt", o.agreed_ends_at as "agreedEndsAt", o.repromises > 0 as "isRepromised",
          exists (select from public.parkings p where p.order_id = o.id and p.released_at is null) as "isParked", array(
            select distinct n.name from public.fulfilments f join public.nodes n on n.id = f.node_id
            where f.order_id = o.id and f.state not in ('rejected', 'repromised') order by n.name) as "nodeNames",
          array(
            select distinct v.name from public.fulfilments f join public.stops s on s.hold_id = f.hold_id
            join public.shifts h on h.id = s.shift_id join public.vehicles v on v.id = h.vehicle_id
            where f.order_id = o.id and f.state not in ('rejected', 'repromised') order by v.name) as "vanNames",
          array(
            select distinct c.name from public.fulfilments f
            join public.claims m on m.hold_id = f.hold_id and m.kind = 'parcel' and m.reverses is null
            join public.carriers c on c.id = m.carrier_id
            where f.order_id = o.id and f.state not in ('rejected', 'repromised') order by c.name) as "carrierNames"
        from public.orders o
        where o.region_id = ${input.regionId}
          ${input.day ? tx`and o.agreed_starts_at >= ${day.from} and o.agreed_starts_at < ${day.to}` : tx``}
          ${input.state ? tx`and o.state = ${input.state}` : tx``}
          ${input.cursor ? tx`and o.number < ${input.cursor}` : tx``}
          ${pattern ? tx`and (o.number::text like ${pattern} or o.customer_name ilike ${pattern} or o.address ilike ${pattern})` : tx``}
        order by o.number desc limit ${PAGE_SIZE + 1}`;
      const page = orders.slice(0, PAGE_SIZE);
      return {
        timeZone: day.timeZone,
        orders: page,
        nextCursor: orders.length > PAGE_SIZE ? (page.at(-1)?.number ?? null) : null,
      };
    }),
  );
