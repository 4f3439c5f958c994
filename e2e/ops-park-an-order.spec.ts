import { chooseAddress, confirm, fillCart, hold, openWindows, plentifulGoods } from "./shopper.ts";
import { orderOf, pick, taskOf } from "./staff.ts";
import { expect, expectAccessible, test } from "./world.ts";

test("operations park an order, the store leaves it and the shopper knows, until it is released", async ({
  page,
  openAs,
  world,
}) => {
  await fillCart(page, await plentifulGoods(world, 1));
  await chooseAddress(page);
  await hold(page, openWindows(page).first());
  await confirm(page, "Rui Costa");
  const order = await orderOf(world, page.url());
  const store = await openAs(world.account("ops"), `/store/${order.nodeId}?day=${order.day}`);
  const task = taskOf(store, order.number);
  await expect(task.getByRole("button", { name: "Ready" })).toBeVisible();

  const ops = await openAs(world.account("ops"), `/ops/orders?q=${order.number}`);
  await ops.getByRole("button", { name: String(order.number) }).click();
  const drawer = ops.getByRole("dialog").filter({ hasText: "What happened" });
  await drawer.getByRole("button", { name: "Park…" }).click();
  const dialog = ops.getByRole("dialog", { name: `Park order ${order.number}?` });
  await dialog.getByLabel("Why").click();
  await ops.getByRole("option", { name: "The payment is being checked" }).click();
  await expectAccessible(ops);
  await dialog.getByRole("button", { name: "Park the order" }).click();

  await expect(task).toContainText("The payment is being checked");
  await expect(task.getByRole("button", { name: "Ready" })).toBeHidden();
  await expectAccessible(store);
  await expect(page.getByText("Your order is on hold while we clear something up.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Change the window" })).toBeHidden();
  await expectAccessible(page);

  const parked = drawer.getByRole("region", { name: "Parked" });
  await expect(parked).toContainText("The payment is being checked");
  await expectAccessible(ops);
  await parked.getByRole("button", { name: "Release it" }).click();
  await expect(parked).toBeHidden();
  await expect(page.getByRole("button", { name: "Change the window" })).toBeVisible();
  await pick(store, order.number);
});
