"use client";

import type { ReactNode } from "react";
import { readFault } from "#components/trpc/read-fault.ts";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { MAY_OPEN, ROLE_SCREENS, SCREENS, type StaffAudience } from "./role-screens.ts";
import { useSession } from "./session.tsx";
import { SignInForm } from "./sign-in-form.tsx";
import { useAccount } from "./use-account.ts";

/**
 * Shows the screen to those who may open it, the sign-in to those who might, and to everybody else what their account can
 * do. Convenience only: every procedure and every row decides for itself.
 */
export function StaffGate({
  audience,
  waiting,
  children,
}: {
  audience: StaffAudience;
  /** What stands there until it is known who looks. */
  waiting: ReactNode;
  children: ReactNode;
}) {
  const session = useSession();
  const me = useAccount();

  const signIn = (
    <SignInForm
      title="Sign in"
      note={`With a staff account, to open ${SCREENS[audience].name}.`}
      // The session may have looked valid here and not to the server: the same person signs in again.
      onSignedIn={() => void me.refetch()}
    />
  );
  if (session.status === "out") return signIn;
  if (session.status === "unknown" || me.isPending) return waiting;
  if (me.isError) {
    const { code, sentence } = readFault(me.error);
    if (code === "not-signed-in") return signIn;
    if (code === "forbidden")
      return (
        <Refusal title="This account is not on the staff list" onSignOut={session.signOut}>
          {session.email} is signed in, but belongs to no role. Ask operations to add it, or use another account.
        </Refusal>
      );
    return (
      <div className="p-4">
        <FaultNotice sentence={sentence} onRetry={() => me.refetch()} />
      </div>
    );
  }
  const { role } = me.data;
  if (MAY_OPEN[audience].includes(role)) return children;
  const own = ROLE_SCREENS[role];
  return (
    <Refusal
      title={`Your account cannot open ${SCREENS[audience].name}`}
      onSignOut={session.signOut}
      action={
        <ButtonLink href={own.href} variant="primary">
          {own.open}
        </ButtonLink>
      }
    >
      It belongs to {own.role}. {own.can}
    </Refusal>
  );
}

function Refusal({
  title,
  children,
  action,
  onSignOut,
}: {
  title: string;
  children: ReactNode;
  action?: ReactNode;
  onSignOut: () => Promise<void>;
}) {
  return (
    <EmptyState
      isPage
      title={title}
      action={
        <span className="flex flex-wrap justify-center gap-3">
          {action}
          <Button onClick={() => void onSignOut()}>Use another account</Button>
        </span>
      }
    >
      {children}
    </EmptyState>
  );
}
