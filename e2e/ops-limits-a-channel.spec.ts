import { expect, expectAccessible, test } from "./world.ts";

test("operations say how much of the windows a channel may have, and take it back", async ({ openAs, world }) => {
  await world.waitForMorning();
  await world.sql`update public.channels set pickup_percent = null, delivery_percent = null`;
  const ops = await openAs(world.account("ops"), "/ops/sourcing");
  const shares = ops.getByRole("region", { name: "Shares of the channels" });
  await shares.getByRole("button", { name: "Change the shares of Own shop" }).click();
  const dialog = ops.getByRole("dialog", { name: "Shares of Own shop" });
  const places = dialog.getByLabel("Places of a pickup window");
  await places.fill("100");
  await expect(dialog.getByText("A whole number from 0 to 99, or nothing")).toBeVisible();
  await places.fill("60");
  await places.press("Enter");
  const undo = dialog.getByRole("button", { name: "Undo the change" });
  await expect(undo).toBeVisible();
  await expectAccessible(ops);
  const share = () => world.sql`select pickup_percent from public.channels where id = 'SHOP' and is_limited`;
  expect(await share()).toEqual([{ pickup_percent: 60 }]);
  await ops.keyboard.press("Escape");
  await expect(shares.getByText("share 60 %")).toBeVisible();

  await shares.getByRole("button", { name: "Change the shares of Own shop" }).click();
  await places.fill("");
  await dialog.getByRole("button", { name: "Change the shares" }).click();
  await undo.click();
  await expect(places).toHaveValue("60");
  await expect.poll(share).toEqual([{ pickup_percent: 60 }]);
  await places.fill("");
  await dialog.getByRole("button", { name: "Change the shares" }).click();
  await expect.poll(share).toEqual([]);
});
