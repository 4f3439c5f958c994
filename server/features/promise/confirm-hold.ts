import { createHash, randomBytes } from "node:crypto";
import type { Row } from "postgres";
import type { Transaction } from "#server/db/database.ts";
import { faultOfError } from "#server/db/fault-of-error.ts";
import type { Destination } from "#server/domain/cart.ts";
import { type DoorWishes, doorColumns } from "#server/domain/delivery-wishes.ts";
import { Fault, type FaultCode } from "#server/domain/fault.ts";
import { HoldId } from "#server/domain/id.ts";
import { ConfirmRequest, ConfirmView } from "#server/domain/quote.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import { addressChange } from "./address-change.ts";
import { readHeldWish } from "./held-wish.ts";
import { issueCertificate, type Proof, proofOf } from "./issue-certificate.ts";
import { placeWish } from "./place-wish.ts";
import { type PromiseServices, promiseServices } from "./promise-services.ts";
import { unpackDecision } from "./record-decision.ts";

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
  const { leftOut, ...held } = await readHeldWish(services.db, holdId, `retake ${holdId} ${order.orderId}`);
  const wish = destination ? { ...held, destination } : held;
  try {
    return await placeWish(services, wish, retakenId, async (tx, { parts, decision }) => {
      const proof = proofOf(retakenId, () => decision, wish.priceCents);
      const [row] = await tx`
        select order_number, token, extract(epoch from confirmed_at)::integer as confirmed_sec
        from app.reacquire_and_confirm(${holdId}, ${retakenId}, ${tx.json(parts as never)}, ${order.orderId}, ${tx.json(order.customer)})`;
      if (leftOut) await tx`select app.note_left_out(${retakenId}, ${tx.json(leftOut)})`;
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
