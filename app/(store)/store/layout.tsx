import type { Metadata } from "next";
import type { ReactNode } from "react";
import { StoreScreenSkeleton } from "#components/picking/store-screen.tsx";
import { StaffFrame } from "#components/staff/staff-frame.tsx";

export const metadata: Metadata = { title: "Store" };

export default function StoreLayout({ children }: { children: ReactNode }) {
  return (
    <StaffFrame audience="store" width="shop" waiting={<StoreScreenSkeleton />}>
      {children}
    </StaffFrame>
  );
}
