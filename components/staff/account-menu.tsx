"use client";

import { CircleUserRound } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { useSession } from "./session.tsx";
import { useAccount } from "./use-account.ts";

/** Who is signed in, and the way out. */
export function AccountMenu() {
  const session = useSession();
  const me = useAccount();
  if (session.status !== "in") return null;
  const name = me.data?.name ?? session.email ?? "Account";
  return (
    <Menu
      trigger={
        <Button variant="quiet" className="max-w-44">
          <CircleUserRound className="size-4 shrink-0" aria-hidden="true" />
          <span className="sr-only truncate sm:not-sr-only">{name}</span>
        </Button>
      }
      actions={[{ label: "Sign out", onSelect: () => void session.signOut() }]}
    />
  );
}
