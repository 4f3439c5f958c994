import * as z from "zod";

/** Of what a channel may have a share: a node's hour, a pickup window, a carrier's run, a lane's run, a van's time in a window. */
export const SharedResource = z.enum(["picking", "pickup", "parcel", "transfer", "delivery"]);
export type SharedResource = z.infer<typeof SharedResource>;

/** In percent; null: not limited. */
const Share = z.int().min(0).max(99).nullable();

/** The most that a channel may have of each. */
export const ChannelShares = z.strictObject({
  picking: Share,
  pickup: Share,
  parcel: Share,
  transfer: Share,
  delivery: Share,
  /** So many hours before it begins nothing is limited any more; null: to the end. */
  lapsesHours: z.int().min(1).max(720).nullable(),
});
export type ChannelShares = z.infer<typeof ChannelShares>;
