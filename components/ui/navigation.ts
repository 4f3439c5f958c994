export interface NavigationLink {
  readonly href: string;
  readonly label: string;
}

export type Audience = "shopper" | "ops" | "store" | "driver";

/** Where each audience can go from the top bar. Pages that need an id (a store's, a run's) add their own links. */
export const NAVIGATION: Record<Audience, readonly NavigationLink[]> = {
  shopper: [{ href: "/", label: "Shop" }],
  ops: [
    { href: "/ops", label: "Control tower" },
    { href: "/ops/orders", label: "Orders" },
    { href: "/ops/calendar", label: "Calendar" },
    { href: "/ops/explain", label: "Why not" },
    { href: "/ops/sourcing", label: "Sourcing" },
    { href: "/store", label: "Stores" },
  ],
  store: [{ href: "/store", label: "Stores" }],
  driver: [{ href: "/drive", label: "Run sheet" }],
};
