import type { Transaction } from "#server/db/database.ts";
import type { Certificate, Decision } from "#server/domain/decision.ts";
import type { HoldId } from "#server/domain/id.ts";
import type { OfferKeys } from "#server/keys/offer-keys.ts";
import { judgeDecision } from "./judge-decision.ts";

/** What goes into a certificate before the order has its number. */
export type Proof = Pick<Certificate, "holdId" | "priceCents" | "decision" | "judgement">;

/** Null without a record that can be read and judged: the order counts more than its certificate. */
export function proofOf(holdId: HoldId, readDecision: () => Decision | null, priceCents: number): Proof | null {
  try {
    const decision = readDecision();
    const judgement = decision && judgeDecision(decision);
    if (decision && judgement) return { holdId, priceCents, decision, judgement };
    console.error(`hold ${holdId} was decided by records that cannot be judged: it gets no certificate`);
  } catch (error) {
    console.error(`hold ${holdId} was decided by records that cannot be read: it gets no certificate`, error);
  }
  return null;
}

/** Signs and stores what a promise of an order was decided by. The hold tells which of its promises it is. */
export async function issueCertificate(
  tx: Transaction,
  offerKeys: OfferKeys,
  orderId: string,
  stated: Omit<Certificate, "iss">,
): Promise<void> {
  const certificate: Certificate = { iss: "kept", ...stated };
  await tx`select app.issue_certificate(${orderId}, ${stated.holdId}, ${offerKeys.certify(JSON.stringify(certificate))})`;
}
