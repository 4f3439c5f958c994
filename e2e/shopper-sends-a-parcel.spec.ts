import { chooseAddress, confirm, fillCart, plentifulGoods } from "./shopper.ts";
import { expect, expectAccessible, test } from "./world.ts";

test("a parcel is chosen by its day with the keyboard, and the order says who brings it", async ({ page, world }) => {
  const [centre] = await world.sql<
    { node_id: string }[]
  >`select node_id from public.carrier_services order by node_id limit 1`;
  await fillCart(page, await plentifulGoods(world, 1, centre!.node_id));
  await chooseAddress(page);
  await page.getByRole("radio", { name: /^Parcel/ }).check();
  const days = page.getByRole("radiogroup", { name: "Days on which a parcel can come" });
  const open = days.getByRole("radio", { disabled: false });
  await expect(open.first()).toBeVisible();
  await expectAccessible(page);
  await open.first().focus();
  const words = (await open.nth(1).textContent()) ?? "";
  await page.keyboard.press("ArrowDown");
  await expect(open.nth(1)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Kept for you for")).toBeVisible();

  const carrier = words.includes("Swift Parcels") ? "Swift Parcels" : "Courier Union";
  await expect(page.getByRole("region", { name: "Window" })).toContainText(carrier);
  await confirm(page, "Rita Campos");
  await expect(page.getByText("Your parcel comes")).toBeVisible();
  await expect(page.getByText(`With ${carrier}`)).toBeVisible();
  await expectAccessible(page);
});
