import type { Metadata } from "next";
import type { ReactNode } from "react";
import { DriveSkeleton } from "#components/driving/drive-screen.tsx";
import { StaffFrame } from "#components/staff/staff-frame.tsx";

export const metadata: Metadata = { title: "Run sheet" };

export default function DriverLayout({ children }: { children: ReactNode }) {
  return (
    <StaffFrame audience="driver" width="reading" waiting={<DriveSkeleton />}>
      {children}
    </StaffFrame>
  );
}
