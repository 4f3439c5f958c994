import { expectDrawn } from "./map.ts";
import { chooseAddress, confirm, fillCart, hold, openWindows, plentifulGoods } from "./shopper.ts";
import { driveTo, handOver, pick, startRun } from "./staff.ts";
import { expect, expectAccessible, test } from "./world.ts";

test("a shopper books a window, and sees the van come all the way to the door", async ({ page, openAs, world }) => {
  await fillCart(page, await plentifulGoods(world, 3));
  const address = await chooseAddress(page);
  await expectAccessible(page);
  await hold(page, openWindows(page).first());
  await expectAccessible(page);
  await confirm(page, "Maria Sousa");
  await expect(page.getByRole("heading", { name: "We have your order" })).toBeVisible();
  await expect(page.getByRole("main").getByText(address)).toBeVisible();
  await expectAccessible(page);

  const order = await orderOf(world.sql, page.url());
  const driver = { ...world.account("driver"), email: order.driverEmail };

  const store = await openAs(world.account("ops"), `/store/${order.nodeId}?day=${order.day}`);
  await pick(store, order.number);
  await expect(page.getByRole("heading", { name: "Packed and waiting for the van" })).toBeVisible();
  await handOver(store, order.number);
  await expectAccessible(store);

  await world.passTimeUntil(order.shiftStartsAt);
  const drive = await openAs(driver, `/drive?shift=${order.shiftId}`);
  await expectAccessible(drive);
  await startRun(drive);
  await expect(page.getByRole("heading", { name: "Your order is on its way" })).toBeVisible();
  await expectDrawn(page, "Map of the van on its way to you", { layer: "vans", count: 1 });
  await expectDrawn(page, "Map of the van on its way to you", { count: 20 });
  await expectAccessible(page);

  await driveTo(drive, address);
  await drive.getByRole("button", { name: "Arrived" }).click();
  await expect(page.getByRole("heading", { name: "The van is at your door" })).toBeVisible();
  await drive.getByRole("button", { name: "Delivered" }).click();
  await expect(page.getByRole("heading", { name: "Delivered" })).toBeVisible();
});

interface OrderOnTheRoad {
  readonly number: number;
  readonly nodeId: string;
  readonly day: string;
  readonly shiftId: string;
  readonly shiftStartsAt: Date;
  readonly driverEmail: string;
}

/** Who serves it: the shopper is not told, and the journey must know whose screens to open. */
async function orderOf(sql: import("postgres").Sql, url: string): Promise<OrderOnTheRoad> {
  const token = url.split("/").at(-1)!;
  const [order] = await sql<OrderOnTheRoad[]>`
    select o.number, f.node_id as "nodeId", s.id as "shiftId", s.starts_at as "shiftStartsAt", u.email as "driverEmail",
      (s.starts_at at time zone r.time_zone)::date::text as day
    from public.orders o
    join public.fulfilments f on f.order_id = o.id and f.state <> 'rejected'
    join public.stops t on t.hold_id = f.hold_id
    join public.shifts s on s.id = t.shift_id
    join public.regions r on r.id = s.region_id
    join auth.users u on u.id = s.driver_id
    where o.token = ${token}`;
  if (!order) throw new Error(`no van of a driver serves the order at ${url}`);
  return order;
}
