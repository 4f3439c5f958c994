import { chooseAddress, confirm, fillCart, hold, hoursOf, openWindows, plentifulGoods } from "./shopper.ts";
import { orderOf, taskOf } from "./staff.ts";
import { expect, expectAccessible, test } from "./world.ts";

test("a shopper moves an order to another window, and the store and operations see it without a reload", async ({
  page,
  openAs,
  world,
}) => {
  await fillCart(page, await plentifulGoods(world, 2));
  await chooseAddress(page);
  const first = openWindows(page).first();
  const was = await hoursOf(first);
  await hold(page, first);
  await confirm(page, "Ana Lopes");

  const order = await orderOf(world, page.url());
  const store = await openAs(world.account("ops"), `/store/${order.nodeId}?day=${order.day}`);
  await expect(taskOf(store, order.number)).toContainText(`${was.from}–${was.to}`);
  const ops = await openAs(world.account("ops"), `/ops/orders?q=${order.number}`);
  await ops.getByRole("button", { name: String(order.number) }).click();
  const drawer = ops.getByRole("dialog").filter({ hasText: "What happened" });
  await expect(drawer).toContainText(`${was.from}–${was.to}`);

  const change = page.getByRole("region", { name: "Your window" });
  await change.getByRole("button", { name: "Change the window" }).click();
  const days = change.getByRole("tablist", { name: "Day" }).getByRole("tab");
  await expect(change.getByRole("radio", { name: /Your window now/ })).toBeChecked();
  await expectAccessible(page);
  await days.nth(2).click();
  const another = change.getByRole("radio", { disabled: false }).first();
  const becomes = await hoursOf(another);
  await another.click();
  const question = page.getByRole("dialog", { name: "Move your order?" });
  await expect(question).toContainText(`${was.from}–${was.to}`);
  await expect(question).toContainText(`${becomes.from}–${becomes.to}`);
  await expectAccessible(page);
  // Nothing has happened yet.
  await question.getByRole("button", { name: "Leave it as it is" }).click();
  await another.click();
  await question.getByRole("button", { name: "Move my order" }).click();

  await expect(change).toContainText("Your order is moved.");
  await expect(change.getByRole("button", { name: "Change the window" })).toBeFocused();
  await expect(page.getByText("First promised:")).toContainText(`${was.from}–${was.to}`);
  await expect(page.getByRole("region", { name: "Changes of the window" })).toContainText("You asked for it.");
  await expectAccessible(page);

  await expect(taskOf(store, order.number)).toBeHidden();
  await expect(drawer).toContainText(/Moved from .* \(The shopper asked\)/);
  await expect(drawer).toContainText(`${becomes.from}–${becomes.to}`);

  // By then operations must move it themselves, and say why.
  await drawer.getByRole("button", { name: "Another window…" }).click();
  const dialog = ops.getByRole("dialog", { name: /^Another window for order/ });
  await dialog.getByRole("radio", { disabled: false }).last().check();
  await dialog.getByLabel("Why").click();
  await ops.getByRole("option", { name: "No van in that window" }).click();
  await expectAccessible(ops);
  await dialog.getByRole("button", { name: "Move the order" }).click();
  await expect(drawer).toContainText(/Moved from .* \(No van in that window\)/);
  await expect(page.getByRole("region", { name: "Changes of the window" })).toContainText("No van could come then.");
});
