import * as z from "zod";

/** What people name a thing by: capitals, digits, single hyphens. The same rule as the database's `app.code`. */
export const Code = z
  .string()
  .max(32)
  .regex(/^[A-Z0-9](-?[A-Z0-9]){0,31}$/);

export const RegionId = Code.brand<"RegionId">();
export const NodeId = Code.brand<"NodeId">();
export const SkuId = Code.brand<"SkuId">();
export type RegionId = z.infer<typeof RegionId>;
export type NodeId = z.infer<typeof NodeId>;
export type SkuId = z.infer<typeof SkuId>;

/** Minted by the client, so that a retried request has one effect. */
export const HoldId = z.uuid().brand<"HoldId">();
export const OrderId = z.uuid().brand<"OrderId">();
export const FulfilmentId = z.uuid().brand<"FulfilmentId">();
export const ShiftId = z.uuid().brand<"ShiftId">();
export const StopId = z.uuid().brand<"StopId">();
export const ExceptionId = z.uuid().brand<"ExceptionId">();
export type HoldId = z.infer<typeof HoldId>;
export type OrderId = z.infer<typeof OrderId>;

/** The unguessable part of an order page's address. */
export const OrderToken = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .brand<"OrderToken">();
export type OrderToken = z.infer<typeof OrderToken>;
