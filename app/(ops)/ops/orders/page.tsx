import type { Metadata } from "next";
import { OrdersScreen } from "#components/tower/orders-screen.tsx";

export const metadata: Metadata = { title: "Orders" };

export default function OrdersPage() {
  return <OrdersScreen />;
}
