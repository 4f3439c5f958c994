import { createHash, randomBytes } from "node:crypto";
import type { Row } from "postgres";
import type { Transaction } from "#server/db/database.ts";
import { faultOfError } from "#server/db/fault-of-error.ts";
import { Cart, type Destination } from "#server/domain/cart.ts";
import { type DoorWishes, doorColumns } from "#server/domain/delivery-wishes.ts";
import { Fault, type FaultCode } from "#server/domain/fault.ts";
import { HoldId } from "#server/domain/id.ts";
import { ConfirmRequest, ConfirmView } from "#server/domain/quote.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import { addressChange } from "./address-change.ts";
import { issueCertificate, type Proof, proofOf } from "./issue-certificate.ts";
import { placeWish, type Wish } from "./place-wish.ts";
import { type PromiseServices, promiseServices } from "./promise-services.ts";
import { unpackDecision } from "./record-decision.ts";
import { type VisitColumns, visitOfHold } from "./visit.ts";

/**
 * So long after a hold has run out, what it held is taken anew at the price that was promised: the payment was begun in
 * time and came back late. Later the price is no longer anybody's word, and the shopper chooses again.
 */
const RETAKEN_WITHIN_SEC = 1800;

/** Of the order or of the old hold, not of what could not be had. */
const NOT_OF_THE_WINDOW: ReadonlySet<FaultCode> = new Set(["not-found", "wrong-state", "id-reused"]);

/**
 * Turns a hold into an order, with a certificate of what it was decided by. A repeated call answers with the first one's
 * number and token.
 *
 * A hold that has run out is taken anew, all of it, by whichever nodes and vans can serve its window now, and at its own
 * price: the shopper may have paid that already, so it stands. If that cannot be, nothing is confirmed.
 * An order that goes to another door than the one that was held is checked again, with all that the hold claims at hand: within its
 * window, its price and its wishes. It is moved there and confirmed in one transaction, or refused, and the hold lives on.
 * Faults: not-found, hold-expired (and the window cannot be had any more), door-out-of-reach, wrong-state, id-reused.
 */
export async function confirmHold(services: PromiseServices, request: ConfirmRequest): Promise<ConfirmView> {
  const { holdId, destination } = request;
  const change = destination ? await addressChange(services, holdId, destination) : null;
  const order = {
    orderId: request.orderId,
    customer: customerOf(request),
    door: request.door,
    reworded: change === "reworded" ? destination?.address : undefined,
  };
  if (change === "moved") return retakeAndConfirm(services, holdId, order, destination);
  try {
    return await confirmHeld(services, holdId, order);
  } catch (error) {
    if (faultOfError(error)?.code !== "hold-expired") throw error;
    return retakeAndConfirm(services, holdId, order);
  }
}

interface NewOrder {
  readonly orderId: string;
  /** As app.confirm_hold takes it. */
  readonly customer: Readonly<Record<string, string>>;
  readonly door: DoorWishes | undefined;
  /** The address of the same door, written otherwise. */
  readonly reworded: string | undefined;
}

function customerOf({ customer }: ConfirmRequest): NewOrder["customer"] {
  return {
    token: randomBytes(16).toString("hex"),
    customer_name: customer.name,
    customer_phone: customer.phone,
    customer_note: customer.note,
  };
}

async function confirmHeld(services: PromiseServices, holdId: HoldId, order: NewOrder): Promise<ConfirmView> {
  const { db } = services;
  // Judged before the hold is locked: it takes longer than the confirmation.
  const [kept] = await db`
    select d.body, h.price_cents from app.decisions d join public.holds h on h.id = d.hold_id where d.hold_id = ${holdId}`;
  const proof = kept && proofOf(holdId, () => unpackDecision(kept.body), kept.price_cents);
  return (await db.begin(async (tx) => {
    if (order.reworded) await tx`select app.reword_address(${holdId}, ${order.reworded})`;
    const [row] = await tx`
      select order_number, token, extract(epoch from confirmed_at)::integer as confirmed_sec
      from app.confirm_hold(${holdId}, ${order.orderId}, ${tx.json(order.customer)})`;
    return finish(services, tx, order, row, proof);
  })) as ConfirmView;
}

/** `destination` is another door than the one that was held. */
async function retakeAndConfirm(
  services: PromiseServices,
  holdId: HoldId,
  order: NewOrder,
  destination?: Destination,
): Promise<ConfirmView> {
  const retakenId = retakenIdOf(holdId, order.orderId);
  const isRetaken = async () => (await services.db`select from public.holds where id = ${retakenId}`).length > 0;
  if (await isRetaken()) return confirmHeld(services, retakenId, order);
  const held = await readWish(services, holdId, order.orderId);
  const wish = destination ? { ...held, destination } : held;
  try {
    return await placeWish(services, wish, retakenId, async (tx, { parts, decision }) => {
      const proof = proofOf(retakenId, () => decision, wish.priceCents);
      const [row] = await tx`
        select order_number, token, extract(epoch from confirmed_at)::integer as confirmed_sec
        from app.reacquire_and_confirm(${holdId}, ${retakenId}, ${tx.json(parts as never)}, ${order.orderId}, ${tx.json(order.customer)})`;
      return finish(services, tx, order, row, proof);
    });
  } catch (error) {
    const fault = faultOfError(error);
    if (!fault || NOT_OF_THE_WINDOW.has(fault.code)) throw error;
    // The same request, asked twice at once: what stood in the way of this one was the other.
    if (await isRetaken()) return confirmHeld(services, retakenId, order);
    throw new Fault(held.isOver ? "hold-expired" : "door-out-of-reach", fault.code, { cause: error });
  }
}

/** What a hold holds or, when it has run out, has held, to be had again. Faults: hold-expired, when that is too long ago. */
async function readWish(
  { db }: PromiseServices,
  holdId: HoldId,
  orderId: string,
): Promise<Wish & { readonly isOver: boolean }> {
  const [hold] = await db<(VisitColumns & Row)[]>`
    select h.region_id, h.channel_id, h.service, h.pickup_node_id, h.address, h.lng, h.lat,
      extract(epoch from h.window_starts_at)::integer as start_sec, extract(epoch from h.window_ends_at)::integer as end_sec,
      extract(epoch from h.visit_starts_at)::integer as visit_start_sec, extract(epoch from h.visit_ends_at)::integer as visit_end_sec,
      h.floor, h.has_lift, h.climb_sec,
      extract(epoch from app.now() - h.expires_at)::float8 as over_sec,
      (select sum(p.price_cents)::integer from public.holds p where p.lead_id = h.id) as price_cents,
      (select jsonb_agg(jsonb_build_object('skuId', x.sku_id, 'units', x.units, 'cents', x.cents) order by x.sku_id)
       from (
         select l.sku_id, sum(l.units) as units, max(l.price_cents) as cents
         from public.hold_lines l join public.holds p on p.id = l.hold_id where p.lead_id = h.id group by l.sku_id
       ) x) as lines
    from public.holds h where h.id = ${holdId} and h.lead_id = h.id`;
  if (!hold || hold.over_sec > RETAKEN_WITHIN_SEC) throw new Fault("hold-expired", holdId);
  const lines: { skuId: string; units: number; cents: number }[] = hold.lines;
  return {
    regionId: hold.region_id,
    channelId: hold.channel_id,
    service: hold.service,
    ...(hold.service === "pickup" && { pickupNodeId: hold.pickup_node_id }),
    lines: Cart.parse(lines.map(({ skuId, units }) => ({ skuId, units }))),
    unitCents: lines.map(({ cents }) => cents),
    destination: { lng: hold.lng, lat: hold.lat, address: hold.address },
    windowStartSec: hold.start_sec,
    windowEndSec: hold.end_sec,
    visit: visitOfHold(hold),
    priceCents: hold.price_cents,
    fingerprint: `retake ${holdId} ${orderId}`,
    insteadOf: { holdId },
    isOver: hold.over_sec > 0,
  };
}

/** The same for the same request, so that a repeated one finds what the first has made. */
function retakenIdOf(holdId: string, orderId: string): HoldId {
  const bytes = createHash("sha256").update(`retake ${holdId} ${orderId}`).digest().subarray(0, 16);
  // RFC 9562, version 8: of a maker's own making.
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return HoldId.parse(bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"));
}

async function finish(
  { offerKeys }: PromiseServices,
  tx: Transaction,
  { orderId, door }: NewOrder,
  row: Row | undefined,
  proof: Proof | null | undefined,
): Promise<ConfirmView> {
  const view = ConfirmView.parse({ number: row?.order_number, token: row?.token });
  if (door) await tx`select app.keep_door(${orderId}, ${tx.json(doorColumns(door))})`;
  if (proof)
    await issueCertificate(tx, offerKeys, orderId, { ...proof, orderNumber: view.number, iat: row?.confirmed_sec });
  return view;
}

/** promise.confirm */
export const confirm = shopperProcedure
  .meta({ kind: "hold" })
  .input(ConfirmRequest)
  .output(ConfirmView)
  .mutation(({ ctx, input }) => confirmHold(promiseServices(ctx.platform), input));
