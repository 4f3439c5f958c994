import type { StaffRole } from "#server/domain/state.ts";

export type StaffAudience = "ops" | "store" | "driver";

/** Who may open which screens; the server decides the same again for every call. */
export const MAY_OPEN: Record<StaffAudience, readonly StaffRole[]> = {
  ops: ["ops"],
  store: ["ops", "store"],
  driver: ["ops", "driver"],
};

export const SCREENS: Record<StaffAudience, { readonly name: string }> = {
  ops: { name: "the control tower" },
  store: { name: "the store screen" },
  driver: { name: "the run sheet" },
};

interface RoleScreen {
  readonly role: string;
  readonly href: string;
  /** What this account can do. */
  readonly can: string;
  readonly open: string;
}

export const ROLE_SCREENS: Record<StaffRole, RoleScreen> = {
  ops: {
    role: "operations",
    href: "/ops",
    can: "It watches the region, and opens every screen.",
    open: "Open the control tower",
  },
  store: {
    role: "a store",
    href: "/store",
    can: "It picks and hands over orders and sets capacity at its own nodes.",
    open: "Open the store screen",
  },
  driver: { role: "a driver", href: "/drive", can: "It drives its own runs.", open: "Open the run sheet" },
};
