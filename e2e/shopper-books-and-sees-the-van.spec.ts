import { expectDrawn } from "./map.ts";
import {
  changeWindow,
  chooseAddress,
  confirm,
  fillCart,
  hold,
  hoursOf,
  lookAtTomorrow,
  openWindows,
  plentifulGoods,
  windowAt,
} from "./shopper.ts";
import { driveTo, handOver, handOverTheRest, orderOf, pick, startRun } from "./staff.ts";
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

  const order = await orderOf(world, page.url());
  const driver = { ...world.account("driver"), email: order.driverEmail };

  const store = await openAs(world.account("ops"), `/store/${order.nodeId}?day=${order.day}`);
  await pick(store, order.number);
  await expect(page.getByRole("heading", { name: "Packed and waiting for the van" })).toBeVisible();
  await handOver(store, order.number);
  await handOverTheRest(store, world, order);
  await expectAccessible(store);

  await world.passTimeUntil(order.shiftStartsAt);
  const drive = await openAs(driver, `/drive?shift=${order.shiftId}`);
  await expectAccessible(drive);
  await startRun(drive);
  await expect(page.getByRole("heading", { name: "Your order is on its way" })).toBeVisible();
  await expectDrawn(page, "Map of the van on its way to you", { layer: "vans", count: 1 });
  await expectDrawn(page, "Map of the van on its way to you", { count: 20 });
  await expectAccessible(page);

  await driveTo(drive, order.number);
  await drive.getByRole("button", { name: "Arrived" }).click();
  await expect(page.getByRole("heading", { name: "The van is at your door" })).toBeVisible();
  await drive.getByRole("button", { name: "Delivered" }).click();
  await expect(page.getByRole("heading", { name: "Delivered" })).toBeVisible();
});

test("a shopper changes the window, keeps it when the next one is gone, and gets more time once", async ({
  page,
  world,
}) => {
  await page.clock.install();
  await fillCart(page, await plentifulGoods(world, 2));
  await chooseAddress(page);
  await lookAtTomorrow(page);
  const first = await hoursOf(openWindows(page).first());
  const second = await hoursOf(openWindows(page).nth(1));
  await hold(page, windowAt(page, first));
  await changeWindow(page);
  await expect(windowAt(page, first)).toBeChecked();
  await hold(page, windowAt(page, second));
  await expect.poll(() => undecidedHolds(world.sql)).toEqual([second.from]);

  await changeWindow(page);
  // The refusal is the platform's own; only its moment is chosen here.
  await page.route("**/api/trpc/promise.hold*", async (route) => {
    await world.sql`update public.nodes set paused_at = app.now() where paused_at is null`;
    await route.continue();
  });
  await windowAt(page, first).click();
  const loss = page.getByRole("alert").filter({ hasText: "You still have" });
  await expect(loss).toContainText(second.from);
  await expectAccessible(page);
  await page.unroute("**/api/trpc/promise.hold*");
  await world.sql`update public.nodes set paused_at = null`;
  await loss.getByRole("button", { name: "Keep it" }).click();
  await expect(page.getByRole("button", { name: "Change window" })).toBeVisible();
  expect(await undecidedHolds(world.sql)).toEqual([second.from]);

  const moreTime = page.getByRole("button", { name: "More time" });
  await expect(moreTime).toHaveCount(0);
  await page.clock.fastForward("08:30");
  await expectAccessible(page);
  await moreTime.press("Enter");
  await expect(page.getByText("Your ten more minutes are running")).toBeFocused();
  await expect(moreTime).toHaveCount(0);
  await confirm(page, "Rui Prata");
  await expect(page.getByRole("heading", { name: "We have your order" })).toBeVisible();
});

/** When the windows begin that are held and not ordered, by the region's clock. */
async function undecidedHolds(sql: import("postgres").Sql): Promise<string[]> {
  const rows = await sql<{ begins: string }[]>`
    select to_char(h.window_starts_at at time zone r.time_zone, 'HH24:MI') as begins
    from public.holds h join public.regions r on r.id = h.region_id
    where h.state = 'held' and h.expires_at > app.now() order by h.window_starts_at`;
  return rows.map(({ begins }) => begins);
}
