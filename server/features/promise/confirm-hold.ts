import { randomBytes } from "node:crypto";
import type { Certificate } from "#server/domain/decision.ts";
import { ConfirmRequest, ConfirmView } from "#server/domain/quote.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import { judgeDecision } from "./judge-decision.ts";
import { type PromiseServices, promiseServices } from "./promise-services.ts";
import { unpackDecision } from "./record-decision.ts";

/**
 * Turns a hold into an order, with a certificate of what it was decided by. A repeated call answers with the first one's
 * number and token. Faults: not-found, hold-expired, wrong-state, id-reused.
 */
export async function confirmHold({ db, offerKeys }: PromiseServices, request: ConfirmRequest): Promise<ConfirmView> {
  const { holdId, orderId } = request;
  const customer = {
    token: randomBytes(16).toString("hex"),
    customer_name: request.customer.name,
    customer_phone: request.customer.phone,
    customer_note: request.customer.note,
  };
  // Judged before the hold is locked: it takes longer than the confirmation.
  const [kept] = await db`
    select d.body, h.price_cents from app.decisions d join public.holds h on h.id = d.hold_id where d.hold_id = ${holdId}`;
  const decision = kept && unpackDecision(kept.body);
  const judgement = decision && judgeDecision(decision);
  // The order counts more than its certificate.
  if (kept && !judgement)
    console.error(`hold ${holdId} was decided by records that cannot be judged: it gets no certificate`);
  return (await db.begin(async (tx) => {
    const [order] = await tx`
      select order_number as number, token, extract(epoch from confirmed_at)::integer as confirmed_sec
      from app.confirm_hold(${holdId}, ${orderId}, ${tx.json(customer)})`;
    const view = ConfirmView.parse({ number: order!.number, token: order!.token });
    if (decision && judgement) {
      const certificate: Certificate = {
        iss: "kept",
        iat: order!.confirmed_sec,
        orderNumber: view.number,
        holdId,
        priceCents: kept.price_cents,
        decision,
        judgement,
      };
      await tx`select app.issue_certificate(${orderId}, ${holdId}, ${offerKeys.certify(JSON.stringify(certificate))})`;
    }
    return view;
  })) as ConfirmView;
}

/** promise.confirm */
export const confirm = shopperProcedure
  .input(ConfirmRequest)
  .output(ConfirmView)
  .mutation(({ ctx, input }) => confirmHold(promiseServices(ctx.platform), input));
