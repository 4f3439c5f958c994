import * as z from "zod";
import { Code } from "./id.ts";
import { words } from "./words.ts";

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

/** 1 comes first, 5 last. */
export const PriorityClass = z.int().min(1).max(5);
export const USUAL_PRIORITY = 3;

/** Each class by its words, best first. */
export const PRIORITY_CLASSES: readonly { readonly value: number; readonly label: string }[] = [
  { value: 1, label: "1, before all others" },
  { value: 2, label: "2, sooner" },
  { value: USUAL_PRIORITY, label: "3, as usual" },
  { value: 4, label: "4, later" },
  { value: 5, label: "5, after all others" },
];

/** What operations say of a channel. */
export const ChannelTerms = z.strictObject({
  name: words(1, 80),
  /** Without it nothing new is held through it. The own shop stays open. */
  isActive: z.boolean(),
  /** Of its new orders. */
  priorityClass: PriorityClass,
});
export type ChannelTerms = z.infer<typeof ChannelTerms>;
