"use client";

import { NAVIGATION } from "#components/ui/navigation.ts";
import { TopBar } from "#components/ui/top-bar.tsx";
import { AccountMenu } from "./account-menu.tsx";
import type { StaffAudience } from "./role-screens.ts";
import { useAccount } from "./use-account.ts";

/** The bar of the staff's screens: where whoever is signed in may go, whatever screen they look at. */
export function StaffBar({ audience }: { audience: StaffAudience }) {
  const me = useAccount();
  const links = NAVIGATION[me.data?.role ?? audience];
  return (
    <TopBar audience={audience} links={links}>
      <AccountMenu />
    </TopBar>
  );
}
