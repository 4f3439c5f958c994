import {
  chooseAddress,
  confirm,
  fillCart,
  hold,
  hoursOf,
  lookAtTomorrow,
  openWindows,
  plentifulGoods,
} from "./shopper.ts";
import { orderOf } from "./staff.ts";
import { expect, expectAccessible, test } from "./world.ts";

test("a held window goes along to another address, and where it cannot, the nearest are said", async ({
  page,
  world,
}) => {
  await fillCart(page, await plentifulGoods(world, 1));
  await chooseAddress(page);
  await lookAtTomorrow(page);
  const wanted = openWindows(page).nth(2);
  const { from, to } = await hoursOf(wanted);
  await hold(page, wanted);

  const changeTo = async (place: number) => {
    await page.getByRole("button", { name: "Change address" }).click();
    const item = page.getByRole("region", { name: "Address" }).getByRole("listitem").nth(place).getByRole("button");
    const words = (await item.textContent()) ?? "";
    await item.click();
    return words;
  };
  const second = await changeTo(1);
  await expect(page.getByText("your window is kept for the new one")).toBeVisible();
  const windowStep = page.getByRole("region", { name: "Window" });
  await expect(windowStep).toContainText(new RegExp(`${from}.{1,3}${to}`));
  const live = await world.sql<{ id: string; address: string; starts_at: Date }[]>`
    select id, address, window_starts_at as starts_at from public.holds where state = 'held' and expires_at > app.now()`;
  expect(live.map(({ address }) => address)).toEqual([second]);

  // Somebody closes it while the shopper thinks: at a third address there is no such window any more.
  await world.sql`update public.windows set closed = true where starts_at = ${live[0]!.starts_at}`;
  const third = await changeTo(2);
  await expect(page.getByText("cannot be kept for the new address")).toBeVisible();
  await expect(windowStep.getByText("Nearest that are open")).toBeVisible();
  await expectAccessible(page);
  await expect(page.getByRole("button", { name: /^Confirm order/ })).toBeHidden();
  await windowStep.getByText("Nearest that are open").locator("..").getByRole("button").first().click();
  await expect(page.getByText("Kept for you for")).toBeVisible();
  await world.sql`update public.windows set closed = false where starts_at = ${live[0]!.starts_at}`;

  await confirm(page, "Rui Mota");
  const { number } = await orderOf(world, page.url());
  const [order] = await world.sql`select address from public.orders where number = ${number}`;
  expect(order).toEqual({ address: third });
});
