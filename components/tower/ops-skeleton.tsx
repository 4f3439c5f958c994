"use client";

import { usePathname } from "next/navigation";
import { ControlTowerSkeleton } from "./control-tower.tsx";
import { OrdersScreenSkeleton } from "./orders-screen.tsx";

/** The outline of the screen that the address names. */
export function OpsSkeleton() {
  return usePathname() === "/ops/orders" ? <OrdersScreenSkeleton /> : <ControlTowerSkeleton />;
}
