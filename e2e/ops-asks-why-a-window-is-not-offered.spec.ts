import { expect, expectAccessible, test } from "./world.ts";

test("operations ask for a door and goods, and see what binds each window, with the figures", async ({
  openAs,
  world,
}) => {
  await world.waitForMorning();
  const ops = await openAs(world.account("ops"), "/ops/explain");
  await expect(ops.getByText("Choose a door", { exact: true })).toBeVisible();
  await ops.getByRole("combobox", { name: "Door" }).click();
  await ops.getByRole("option").first().click();
  await expect(ops.getByText("Choose goods", { exact: true })).toBeVisible();
  const add = ops.getByRole("list", { name: "Goods found" }).getByRole("button").first();
  const name = (await add.textContent()) ?? "";
  await add.click();

  const windows = ops.getByRole("region", { name: "Windows" }).getByRole("button");
  const offered = windows.filter({ hasText: "Offered" });
  await offered.first().click();
  await expect(ops.getByText("All four checks are passed")).toBeVisible();
  await expect(ops.getByText("passed", { exact: true })).toHaveCount(4);
  await expectAccessible(ops);

  // More than any node has: the question stands in the address.
  await ops.goto(ops.url().replace("*1", "*999"));
  const figures = ops.getByRole("region", { name: "Units to promise" });
  await expect(figures.getByRole("columnheader", { name: `${name} (999 wanted)` })).toBeVisible();
  await expect(figures.getByText(/\(\d+ short\)/).first()).toBeVisible();
  await expect(ops.getByText("Stock binds")).toBeVisible();
  await expectAccessible(ops);

  // By keyboard: the arrow goes to the next window, and Enter opens it.
  await windows.filter({ hasText: "Stock" }).first().focus();
  await ops.keyboard.press("ArrowRight");
  await ops.keyboard.press("Enter");
  await expect(windows.nth(1)).toHaveAttribute("aria-pressed", "true");
});

test("operations ask the same of a parcel, of a counter, and with the shopper's wishes", async ({ openAs, world }) => {
  await world.waitForMorning();
  const ops = await openAs(world.account("ops"), "/ops/explain");
  await ops.getByRole("combobox", { name: "Door" }).click();
  await ops.getByRole("option").first().click();
  await ops.getByRole("list", { name: "Goods found" }).getByRole("button").first().click();
  const windows = ops.getByRole("region", { name: "Windows" }).getByRole("button");
  const checks = ops.getByRole("term");

  await ops.getByText("What was wished of the visit").click();
  await ops.getByLabel("Not before").fill("23:00");
  await expect(windows.filter({ hasText: "Offered" })).toHaveCount(0);
  await windows.first().click();
  await expect(ops.getByText("Window binds")).toBeVisible();
  await ops.getByLabel("Not before").fill("");
  await expect(windows.filter({ hasText: "Offered" }).first()).toBeVisible();

  const way = ops.getByRole("combobox", { name: "Way" });
  await way.click();
  await ops.getByRole("option", { name: "Parcel" }).click();
  await windows.filter({ hasText: "Offered" }).first().click();
  await expect(checks.filter({ hasText: "Carrier" })).toContainText("passed");
  await expectAccessible(ops);

  await way.click();
  await ops.getByRole("option", { name: "Pickup" }).click();
  await expect(ops.getByText("Choose a store", { exact: true })).toBeVisible();
  await ops.getByRole("combobox", { name: "Store" }).click();
  await ops.getByRole("option").first().click();
  await windows.first().click();
  await expect(checks.filter({ hasText: "Run" })).toBeVisible();
  await expectAccessible(ops);
});
