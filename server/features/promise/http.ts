import * as z from "zod";
import type { Database } from "#server/db/database.ts";
import { OrderToken } from "#server/domain/id.ts";
import { problemOf, problemResponse } from "#server/domain/problem.ts";
import type { OfferKeys } from "#server/keys/offer-keys.ts";

/** GET /api/promise/key: the public key of offers and certificates, as a JWK. */
export function answerKey(keys: OfferKeys): Response {
  return Response.json(keys.publicJwk, { headers: { "Cache-Control": "public, max-age=300" } });
}

/**
 * GET /api/order/TOKEN/certificate: the signed certificate of an order (JWS), for whoever has its link. With ?repromise=1, 2 …
 * that of the nth change of its window, else that of its promise.
 */
export async function answerCertificate(
  db: Database,
  token: string,
  repromise: string | null = null,
): Promise<Response> {
  const known = OrderToken.safeParse(token);
  const which = Repromise.safeParse(repromise ?? "0");
  const [row] =
    known.success && which.success
      ? await db<{ number: number; jws: string }[]>`
        select o.number, c.jws from public.orders o join app.certificates c on c.order_id = o.id where o.token = ${known.data} and c.repromise = ${which.data}`
      : [];
  if (!row) return problemResponse(problemOf("not-found", "no order with a certificate has this link"));
  return new Response(row.jws, {
    headers: {
      "Content-Type": "application/jose",
      "Content-Disposition": `attachment; filename="order-${row.number}${which.data ? `-${which.data}` : ""}.jws"`,
      "Cache-Control": "private, no-store",
    },
  });
}

const Repromise = z
  .string()
  .regex(/^\d{1,4}$/)
  .transform(Number);
