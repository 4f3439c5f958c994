import * as z from "zod";
import { ReasonCode } from "./reason.ts";

export const OFFER_TTL_SEC = 600;
export const OFFER_ISSUER = "kept";

/**
 * What an offer promises to honour, as the claims in its signed token (ES256). Names are short because 30 of them travel with every
 * quote. Instants are epoch seconds.
 */
export const OfferClaims = z.strictObject({
  iss: z.literal(OFFER_ISSUER),
  jti: z.uuid(),
  iat: z.int(),
  exp: z.int(),
  /** Region. */
  rgn: z.string(),
  svc: z.enum(["delivery", "parcel", "pickup"]),
  /** Channel, where it is another than the own shop. */
  chn: z.string().optional(),
  /** Window [start, end). */
  win: z.tuple([z.int(), z.int()]),
  /** Price of the service in cents of the region's currency. */
  prc: z.int(),
  /** Base64url SHA-256 of canonicalCart(lines). */
  crt: z.string(),
  /** Of an offer for what there is of a cart: that of the cart that was asked for. */
  ask: z.string().optional(),
  /** canonicalPlace(destination). */
  plc: z.string(),
  /** What was wished of the visit, if anything: when service may start within the window, floor, lift, seconds a way up. */
  vst: z
    .strictObject({
      win: z.tuple([z.int(), z.int()]),
      flr: z.int().nullable(),
      lft: z.boolean().nullable(),
      clb: z.int(),
    })
    .optional(),
  /** Where it is collected: of a pickup with goods of other nodes. Else it is collected where it is picked. */
  col: z.string().optional(),
  /** The nodes that would serve it, and what of each: picking seconds, until when, grams, millilitres. */
  pts: z
    .array(
      z.strictObject({
        nod: z.string(),
        pck: z.int(),
        by: z.int(),
        wgt: z.int(),
        vol: z.int(),
        /** When the lane's run leaves that brings it to where it is collected. */
        lan: z.int().optional(),
      }),
    )
    .min(1)
    .max(4),
});
export type OfferClaims = z.infer<typeof OfferClaims>;
export type OfferPart = OfferClaims["pts"][number];

export const MAX_ALTERNATIVES = 3;

/** What the edge says about an offer. Advisory: the hold decides. */
export const OfferVerdict = z.discriminatedUnion("status", [
  z.object({ status: z.literal("ok") }),
  z.object({
    status: z.literal("gone"),
    reason: ReasonCode,
    /** Other windows that the same nodes could still serve it in, nearest in time first. A quote says what they cost. */
    alternatives: z.array(z.object({ startsAt: z.iso.datetime(), endsAt: z.iso.datetime() })).max(MAX_ALTERNATIVES),
  }),
  z.object({ status: z.literal("expired") }),
  z.object({ status: z.literal("invalid") }),
  /** The edge knows too little (no snapshot, or an old one): go on, the hold will say. */
  z.object({ status: z.literal("unsure") }),
]);
export type OfferVerdict = z.infer<typeof OfferVerdict>;

export const MAX_OFFERS_PER_CHECK = 64;

/** POST /api/promise/check */
export const CheckRequest = z.strictObject({
  offers: z.array(z.string().min(16).max(2048)).min(1).max(MAX_OFFERS_PER_CHECK),
});
export const CheckResponse = z.object({
  /** In the order of the request. */
  verdicts: z.array(OfferVerdict),
  /** Version and age in milliseconds of the newest snapshot used, null when there was none. */
  snapshot: z.object({ version: z.int(), ageMs: z.number() }).nullable(),
});
export type CheckResponse = z.infer<typeof CheckResponse>;
