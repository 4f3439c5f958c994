import { fillCart, hoursOf, lookAtPickup, openWindows, plentifulGoods, searchAddress, windowAt } from "./shopper.ts";
import { hourOf, staffedStore } from "./staff.ts";
import { expect, expectAccessible, type Locator, test } from "./world.ts";

test("when a store closes its picking, the window greys out in the shopper's browser, and comes back with it", async ({
  page,
  openAs,
  world,
}) => {
  // Picking may be done in any hour before, so the first window of a day is the one that a store can close by itself.
  await world.waitForMorning();
  const node = await staffedStore(world);

  await fillCart(page, await plentifulGoods(world, 1, node.id));
  await searchAddress(page, node.street);
  await lookAtPickup(page, node.name);
  const hours = await hoursOf(openWindows(page).first());
  const window = windowAt(page, hours);

  const store = await openAs(world.account("store"), `/store/${node.id}?show=capacity`);
  const before = await openHoursBefore(store.getByRole("listitem"), hours.from);
  await expectAccessible(store);
  for (const hour of before) await hourOf(store, hour).getByRole("button", { name: "Close" }).click();
  await expect(window).toBeDisabled();
  await expect(window).toHaveAccessibleName(/not available: Picking is full/);
  await expectAccessible(page);

  for (const hour of before) await hourOf(store, hour).getByRole("button", { name: "Open" }).click();
  await expect(window).toBeEnabled({ timeout: 20_000 });
});

/** The hours of the board in which the picking for a window that starts then could be done: "08:00–09:00", …. */
async function openHoursBefore(rows: Locator, start: string): Promise<string[]> {
  await expect(rows.first()).toBeVisible();
  const headings = await rows
    .filter({ hasText: /\d pickers?/ })
    .getByRole("heading")
    .allTextContents();
  const hours = headings.map((heading) => heading.slice(0, 11)).filter((hour) => hour.slice(0, 5) < start);
  expect(hours).not.toEqual([]);
  return hours;
}
