import * as z from "zod";
import { Code } from "./id.ts";

/** Through whom a cart is bought: the own shop, or a shop of others. */
export const ChannelId = Code.brand<"ChannelId">();
export type ChannelId = z.infer<typeof ChannelId>;

/** Of every region, and of whatever says nothing else. */
export const OWN_SHOP = ChannelId.parse("SHOP");

/** What a page was given to say through which channel it asks: see channel-pass.ts. */
export const ChannelPass = z
  .string()
  .min(16)
  .max(200)
  .regex(/^[\w.-]*$/);
