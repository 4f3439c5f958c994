"use client";

import { type ReactNode, Suspense } from "react";
import { PageShell } from "#components/ui/page-shell.tsx";
import { Toasts } from "#components/ui/toast.tsx";
import type { StaffAudience } from "./role-screens.ts";
import { SessionProvider } from "./session.tsx";
import { StaffBar } from "./staff-bar.tsx";
import { StaffGate } from "./staff-gate.tsx";

/** What all screens of one staff audience stand in: bar, account, gate, messages. */
export function StaffFrame({
  audience,
  width,
  dense = false,
  waiting,
  children,
}: {
  audience: StaffAudience;
  width: "reading" | "shop" | "full";
  dense?: boolean;
  /** The screen's outline while it is not known yet who looks, in its final sizes. */
  waiting: ReactNode;
  children: ReactNode;
}) {
  return (
    <SessionProvider>
      <Toasts>
        <PageShell lang="en" width={width} dense={dense} bar={<StaffBar audience={audience} />}>
          <StaffGate audience={audience} waiting={waiting}>
            <Suspense fallback={waiting}>{children}</Suspense>
          </StaffGate>
        </PageShell>
      </Toasts>
    </SessionProvider>
  );
}
