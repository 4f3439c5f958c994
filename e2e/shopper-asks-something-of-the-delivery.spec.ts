import { chooseAddress, confirm, fillCart, hold, hoursOf, openWindows, plentifulGoods, windowAt } from "./shopper.ts";
import { driveTo, handOver, handOverTheRest, orderOf, pick, startRun } from "./staff.ts";
import { expect, expectAccessible, test } from "./world.ts";

const GATE_CODE = "B4711#";

test("what a shopper asks of the delivery reaches the driver, and the gate code nobody else", async ({
  page,
  openAs,
  world,
}) => {
  await fillCart(page, await plentifulGoods(world, 2));
  await chooseAddress(page);
  const hours = await hoursOf(openWindows(page).first());
  const notBefore = hours.from.replace(/:00$/, ":30");
  await page.getByText("Only at certain hours, or upstairs?").click();
  await page.getByLabel("Not before").fill(notBefore);
  await page.getByLabel("Floor").fill("3");
  // The windows change below; who is typing stays where they are.
  await expect(page.getByLabel("Floor")).toBeFocused();
  await expectAccessible(page);
  await hold(page, windowAt(page, hours));
  await expect(page.getByText(`from ${notBefore}, floor 3, by the stairs`)).toBeVisible();

  await page.getByText("If nobody opens, and how to get in").click();
  await page.getByLabel("Safe place").fill("In the shed");
  await page.getByLabel("Gate code").fill(GATE_CODE);
  await confirm(page, "Ana Lopes");
  const door = page.getByRole("region", { name: "At your door" });
  await expect(door).toContainText("May be left here: In the shed");
  await expect(door).toContainText(GATE_CODE);
  await door.getByRole("button", { name: "Change" }).click();
  await expect(door.getByLabel("Safe place")).toBeFocused();
  await door.getByLabel("A neighbour may take it").check();
  await expectAccessible(page);
  await door.getByRole("button", { name: "Save" }).click();
  await expect(door.getByRole("button", { name: "Change" })).toBeFocused();
  await expect(door).toContainText("A neighbour may take it");

  const order = await orderOf(world, page.url());
  const ops = await openAs(world.account("ops"), `/ops/orders?q=${order.number}`);
  await ops.getByRole("button", { name: String(order.number) }).click();
  const drawer = ops.getByRole("dialog");
  await expect(drawer).toContainText(
    `Asked for: between ${notBefore}–${hours.to}, floor 3 by the stairs, may be left: In the shed, a neighbour may take it, has a gate code`,
  );
  await expect(drawer).not.toContainText(GATE_CODE);

  await ops.goto(`${world.url}/store/${order.nodeId}?day=${order.day}`);
  await pick(ops, order.number);
  await handOver(ops, order.number);
  await handOverTheRest(ops, world, order);
  await world.passTimeUntil(order.shiftStartsAt);
  const drive = await openAs({ ...world.account("driver"), email: order.driverEmail }, `/drive?shift=${order.shiftId}`);
  await startRun(drive);
  await driveTo(drive, order.number);
  const stop = drive.getByRole("region", { name: /^Stop \d+ of/ });
  await expect(stop).toContainText(`${notBefore}–${hours.to}`);
  await expect(stop).toContainText("Floor 3, no lift");
  await expect(stop).toContainText(`Gate code ${GATE_CODE}`);
  await stop.getByRole("button", { name: "Arrived" }).click();
  await stop.getByLabel("Left in the safe place").check();
  await expectAccessible(drive);
  await stop.getByRole("button", { name: "Delivered" }).click();

  await expect(page.getByText("The driver left it in your safe place.")).toBeVisible();
  await expect(page.getByText(GATE_CODE)).toHaveCount(0);
});
