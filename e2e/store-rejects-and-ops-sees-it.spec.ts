import { expectDrawn } from "./map.ts";
import { confirm, fillCart, hold, lookAtPickup, openWindows, plentifulGoods, searchAddress } from "./shopper.ts";
import { staffedStore, taskOf } from "./staff.ts";
import { expect, expectAccessible, test } from "./world.ts";

test("a store rejects an order, and operations and the shopper see it without a reload", async ({
  page,
  openAs,
  world,
}) => {
  await world.waitForMorning();
  const node = await staffedStore(world);

  // A pickup, and so early that no run of a lane comes before it: nobody can take it over.
  await fillCart(page, await plentifulGoods(world, 1, node.id));
  await searchAddress(page, node.street);
  await lookAtPickup(page, node.name);
  await hold(page, openWindows(page).first());
  await confirm(page, "Rui Costa");
  const number = Number((await page.getByText(/^Order \d+$/).textContent())?.replace(/\D/g, ""));

  const tower = await openAs(world.account("ops"), "/ops");
  await expectDrawn(tower, "Nodes, routes and vans of the day", { count: 20 });
  await expectAccessible(tower);
  const exception = tower.getByRole("button", { name: new RegExp(`Order without a node.*${number}`) });
  await expect(exception).toBeHidden();

  const store = await openAs(world.account("store"), `/store/${node.id}`);
  await taskOf(store, number).getByRole("button", { name: "Reject…" }).click();
  await store.getByRole("radio", { name: /damaged/i }).check();
  await expectAccessible(store);
  await store.getByRole("button", { name: "Reject the order" }).click();

  await expect(exception).toBeVisible();
  await exception.click();
  await expect(tower.getByText("Rui Costa").first()).toBeVisible();
  await expectAccessible(tower);
  await expect(page.getByRole("heading", { name: "The store could not put it together" })).toBeVisible();
});
