import type { Metadata } from "next";
import type { ReactNode } from "react";
import { StaffFrame } from "#components/staff/staff-frame.tsx";
import { OpsSkeleton } from "#components/tower/ops-skeleton.tsx";

export const metadata: Metadata = { title: "Control tower" };

export default function OpsLayout({ children }: { children: ReactNode }) {
  return (
    <StaffFrame audience="ops" width="full" dense waiting={<OpsSkeleton />}>
      {children}
    </StaffFrame>
  );
}
