"use client";

import * as z from "zod";
import { useAddressView } from "#components/ui/use-address-view.ts";
import { Cart, type CartLine } from "#server/domain/cart.ts";
import { ChannelId } from "#server/domain/channel.ts";
import { VisitWishes } from "#server/domain/delivery-wishes.ts";
import { NodeId, RegionId } from "#server/domain/id.ts";
import { Service } from "#server/domain/state.ts";

const LINE_JOIN = "*";

/** "BREAD*2.ICE*1": a cart as the address has it. */
const Goods = z
  .string()
  .transform((text) =>
    text.split(".").map((line) => {
      const [skuId, units] = line.split(LINE_JOIN);
      return { skuId, units: Number(units) };
    }),
  )
  .pipe(Cart);

const Door = z
  .string()
  .transform((text) => text.split(",").map(Number))
  .pipe(z.tuple([z.number().min(-180).max(180), z.number().min(-85).max(85)]))
  .transform(([lng, lat]) => ({ lng, lat }));

/** What is asked and looked at, as the address has it: a question can be sent to a colleague. Nonsense counts as absent. */
const ExplainView = z.object({
  region: RegionId.optional().catch(undefined),
  door: Door.optional().catch(undefined),
  /** Through which it is asked. */
  channel: ChannelId.optional().catch(undefined),
  goods: Goods.optional().catch(undefined),
  service: Service.catch("delivery"),
  /** Of a pickup: where. */
  node: NodeId.optional().catch(undefined),
  notBefore: VisitWishes.shape.notBefore.catch(undefined),
  notAfter: VisitWishes.shape.notAfter.catch(undefined),
  floor: z.coerce.number().pipe(VisitWishes.shape.floor.unwrap()).optional().catch(undefined),
  lift: z.literal("yes").optional().catch(undefined),
  /** When the opened window begins. */
  window: z.iso.datetime().optional().catch(undefined),
});

export type ExplainView = z.output<typeof ExplainView>;

/** What is asked of the visit; undefined where nothing is, and of what no van brings. */
export function wishesOf({ service, notBefore, notAfter, floor, lift }: ExplainView): VisitWishes | undefined {
  if (service === "pickup") return undefined;
  const hours = { ...(notBefore && { notBefore }), ...(notAfter && { notAfter }) };
  if (service === "parcel") return hours;
  return { ...hours, ...(floor !== undefined && { floor, hasLift: lift === "yes" }) };
}

export const goodsText = (lines: readonly CartLine[]): string | null =>
  lines.map(({ skuId, units }) => `${skuId}${LINE_JOIN}${units}`).join(".") || null;

export const useExplainView = () => useAddressView(ExplainView);
