"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleUserRound } from "lucide-react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { Button } from "#components/ui/button.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { useSession } from "./session.tsx";

/** Who is signed in, and the way out. */
export function AccountMenu() {
  const trpc = useTRPC();
  const session = useSession();
  const me = useQuery(
    trpc.staff.me.queryOptions(undefined, {
      enabled: session.status === "in",
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
    }),
  );
  if (session.status !== "in") return null;
  const name = me.data?.name ?? session.email ?? "Account";
  return (
    <Menu
      trigger={
        <Button variant="quiet" className="max-w-44">
          <CircleUserRound className="size-4 shrink-0" aria-hidden="true" />
          <span className="truncate">{name}</span>
        </Button>
      }
      actions={[{ label: "Sign out", onSelect: () => void session.signOut() }]}
    />
  );
}
