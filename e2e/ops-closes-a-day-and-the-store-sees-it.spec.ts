import { staffedStore, tomorrow } from "./staff.ts";
import { expect, expectAccessible, type Locator, type Page, test } from "./world.ts";

test("operations close a day, the store sees the holiday, and the day comes back when it is taken back", async ({
  openAs,
  world,
}) => {
  await world.waitForMorning();
  const node = await staffedStore(world);
  const day = await tomorrow(world);

  const ops = await openAs(world.account("ops"), `/ops/calendar?day=${day}`);
  // What is said in passing is a dialog too.
  const dialog = ops.getByRole("dialog", { name: / \d+ \w+$/ });
  await expect(dialog.getByText(/^A usual day\. 4 delivery windows are given/)).toBeVisible();
  await dialog.getByLabel("Why").fill("Saint's day");
  await expect(dialog.getByText(/at stake|Nothing that is promised is touched/)).toBeVisible();
  await expectAccessible(ops);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(dayIn(ops, "Saint's day, closed")).toBeVisible();
  await expectAccessible(ops);

  const store = await openAs(world.account("store"), `/store/${node.id}`);
  await store.getByRole("link", { name: "Calendar" }).click();
  await dayIn(store, "Saint's day, closed").click();
  await expect(store.getByText("Set by operations")).toBeVisible();
  await store.keyboard.press("Escape");

  // By keyboard: the arrow leaves the day and comes back to it.
  await dayIn(ops, "Saint's day, closed").focus();
  await ops.keyboard.press("ArrowRight");
  await expect(dayIn(ops, "Saint's day, closed")).not.toBeFocused();
  await ops.keyboard.press("ArrowLeft");
  await ops.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Take back Saint's day" }).click();
  await expect(dialog.getByText(/^A usual day\. 4 delivery windows are given/)).toBeVisible();
  await store.reload();
  await expect(dayIn(store, "a usual day").first()).toBeVisible();
  await expect(dayIn(store, "Saint's day, closed")).toHaveCount(0);
});

/** The day of the calendar that says this. */
function dayIn(page: Page, words: string): Locator {
  return page.getByRole("region", { name: "Days" }).getByRole("button", { name: words });
}
