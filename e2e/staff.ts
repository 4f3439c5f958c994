import { expect, type Locator, type Page, type World } from "./world.ts";

// What staff do, by what is on their screens.

/** The card of an order on the store's screen. */
export function taskOf(page: Page, orderNumber: number): Locator {
  return page
    .getByRole("listitem")
    .filter({ has: page.getByRole("heading", { name: new RegExp(`^${orderNumber}\\b`) }) });
}

export async function pick(page: Page, orderNumber: number): Promise<void> {
  await taskOf(page, orderNumber).getByRole("button", { name: "Ready" }).click();
  await expect(taskOf(page, orderNumber).getByRole("button", { name: "Into the van" })).toBeVisible();
}

export async function handOver(page: Page, orderNumber: number): Promise<void> {
  const task = taskOf(page, orderNumber);
  await task.getByRole("button", { name: "Into the van" }).click();
  await task.getByRole("button", { name: "Is it in the van?" }).click();
  await expect(task.getByRole("button")).toHaveCount(0);
}

/** What earlier journeys ordered and left: a van waits for all that it is to bring. */
export async function handOverTheRest(
  page: Page,
  { sql }: World,
  { shiftId }: Pick<OrderOnTheRoad, "shiftId">,
): Promise<void> {
  const rest = await sql<{ number: number; state: string }[]>`
    select o.number, f.state from public.stops s
    join public.fulfilments f on f.hold_id = s.hold_id join public.orders o on o.id = f.order_id
    where s.shift_id = ${shiftId} and f.state in ('to_pick', 'ready') order by o.number`;
  for (const { number, state } of rest) {
    if (state === "to_pick") await pick(page, number);
    await handOver(page, number);
  }
}

export async function startRun(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Start the run" }).click();
  await expect(page.getByRole("region", { name: /^Stop 1 of/ })).toBeVisible();
}

/** Delivers at every door before that of an order: others may be for the same address. */
export async function driveTo(page: Page, orderNumber: number): Promise<void> {
  const next = page.getByRole("region", { name: /^Stop \d+ of/ });
  for (;;) {
    const card = await next.textContent();
    if (card?.includes(`order ${orderNumber} `)) return;
    const stop = (await next.getAttribute("aria-label")) ?? "";
    await next.getByRole("button", { name: "Arrived" }).click();
    await next.getByRole("button", { name: "Delivered" }).click();
    await expect(next).not.toHaveAccessibleName(stop);
  }
}

/** The row of an hour ("08:00–09:00") on the store's capacity board. */
export function hourOf(page: Page, hour: string): Locator {
  return page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: hour }) });
}

/** The next day where the network is, as the address of a screen has it: "2026-11-23". */
export async function tomorrow({ sql }: World): Promise<string> {
  const [row] = await sql<{ day: string }[]>`
    select ((app.now() at time zone time_zone)::date + 1)::text as day from public.regions limit 1`;
  return row!.day;
}

export interface StaffedStore {
  readonly id: string;
  readonly name: string;
  /** Street and house number. */
  readonly street: string;
}

/** A store where the demo's store manager works and where orders are picked up. */
export async function staffedStore({ sql, account }: World): Promise<StaffedStore> {
  const [store] = await sql<StaffedStore[]>`
    select n.id, n.name, split_part(n.address, ',', 1) as street
    from public.nodes n join public.staff_nodes b on b.node_id = n.id join auth.users u on u.id = b.user_id
    where u.email = ${account("store").email} and n.offers_pickup order by n.id limit 1`;
  if (!store) throw new Error("the demo's store manager has no store with pickup");
  return store;
}

export interface OrderOnTheRoad {
  readonly number: number;
  readonly nodeId: string;
  readonly day: string;
  readonly shiftId: string;
  readonly shiftStartsAt: Date;
  readonly driverEmail: string;
}

/** Who serves it: the shopper is not told, and the journey must know whose screens to open. */
export async function orderOf({ sql }: World, url: string): Promise<OrderOnTheRoad> {
  const token = url.split("/").at(-1)!;
  const [order] = await sql<OrderOnTheRoad[]>`
    select o.number, f.node_id as "nodeId", s.id as "shiftId", s.starts_at as "shiftStartsAt", u.email as "driverEmail",
      (s.starts_at at time zone r.time_zone)::date::text as day
    from public.orders o
    join public.fulfilments f on f.order_id = o.id and f.replaced_by is null and f.state <> 'rejected'
    join public.stops t on t.hold_id = f.hold_id
    join public.shifts s on s.id = t.shift_id
    join public.regions r on r.id = s.region_id
    join auth.users u on u.id = s.driver_id
    where o.token = ${token}`;
  if (!order) throw new Error(`no van of a driver serves the order at ${url}`);
  return order;
}
