import { chooseAddress, confirm, fillCart, hold, openWindows, plentifulGoods } from "./shopper.ts";
import { expect, expectAccessible, test, type World } from "./world.ts";

test("what sold out is said by name, left out in one tap, put back in another, and stands on the order", async ({
  page,
  world,
}) => {
  await world.waitForMorning();
  const [there, soldOut] = (await plentifulGoods(world, 2)) as [string, string];
  await fillCart(page, [there, soldOut]);
  await sellOut(world, soldOut);
  await chooseAddress(page);
  const notice = page.getByRole("alert", { name: "There is not enough of everything to bring it all." });
  await expect(notice.getByText(`${soldOut}: none left`)).toBeVisible();
  await expect(openWindows(page)).toHaveCount(0);
  await expectAccessible(page);

  const goOn = notice.getByRole("button", { name: "Go on with what there is" });
  const without = page.getByText(`You go on without 1 × ${soldOut}.`);
  await goOn.click();
  await expect(without).toBeVisible();
  await expect(openWindows(page).first()).toBeVisible();
  await page.getByRole("button", { name: "Put it back" }).click();
  await expect(without).toHaveCount(0);
  await goOn.click();
  await hold(page, openWindows(page).first());
  await expect(without).toBeVisible();
  await expectAccessible(page);
  await confirm(page, "Nuno Reis");
  await expect(page.getByText(`There was too little of it: 1 × ${soldOut} is not in this order.`)).toBeVisible();
});

/** Every node counts none of it. */
async function sellOut({ sql }: World, name: string): Promise<void> {
  await sql`
    with now as materialized (select app.now() as at)
    select from app.record_stock_events('COUNT', (
      select jsonb_agg(jsonb_build_object('event_id', gen_random_uuid(), 'seq', (extract(epoch from now.at) * 1000000)::bigint, 'at', now.at,
        'kind', 'count', 'node_id', l.node_id, 'sku_id', l.sku_id, 'units', 0))
      from now, public.inventory_levels l join public.skus k on k.id = l.sku_id where k.name = ${name}))`;
}
