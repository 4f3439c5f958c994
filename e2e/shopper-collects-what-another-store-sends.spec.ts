import { confirm, fillCart, hold, lookAtPickup, lookAtTomorrow, openWindows, searchAddress } from "./shopper.ts";
import { staffedStore, taskOf, tomorrow } from "./staff.ts";
import { expect, expectAccessible, test } from "./world.ts";

test("what a store lacks is brought to it from another, received there and collected", async ({
  page,
  openAs,
  world,
}) => {
  const store = await staffedStore(world);
  const [goods] = await world.sql<{ name: string; sender: string; senderName: string }[]>`
    select k.name, n.id as sender, n.name as "senderName"
    from public.lanes l join public.nodes n on n.id = l.from_node_id
    join app.available_stock a on a.node_id = n.id and a.available >= 5
    join public.skus k on k.id = a.sku_id
    where l.to_node_id = ${store.id} and k.temperature = 'ambient'
      and not exists (select from app.available_stock o where o.node_id = ${store.id} and o.sku_id = k.id and o.available > 0)
    order by k.id limit 1`;
  const { name, sender, senderName } = goods!;
  const day = await tomorrow(world);

  await fillCart(page, [name]);
  await searchAddress(page, store.street);
  await lookAtPickup(page, store.name);
  await expect(page.getByText(/^Brought here, from /).first()).toBeVisible();
  await lookAtTomorrow(page);
  // The last window of the day is served by the run of that afternoon.
  const window = openWindows(page).last();
  await expect(window).toContainText("Brought here by");
  await expectAccessible(page);
  await hold(page, window);
  await confirm(page, "Inês Prata");
  await expect(page.getByText(`Comes from ${senderName}, which it leaves`)).toBeVisible();
  await expectAccessible(page);
  const number = Number((await page.getByText(/^Order \d+$/).textContent())?.replace(/\D/g, ""));

  const counter = await openAs(world.account("store"), `/store/${store.id}?day=${day}`);
  const card = taskOf(counter, number);
  await expect(counter.getByRole("region", { name: /^Brought here/ }).filter({ has: card })).toBeVisible();
  await expect(card.getByText(`${senderName} has not handed it to the run yet.`)).toBeVisible();
  await expectAccessible(counter);

  const centre = await openAs(world.account("ops"), `/store/${sender}?day=${day}`);
  const task = taskOf(centre, number);
  await expect(task).toContainText(new RegExp(`run of \\d\\d:\\d\\d to ${store.name}`));
  await task.getByRole("button", { name: "Ready" }).click();
  await task.getByRole("button", { name: "Onto the run" }).click();
  await task.getByRole("button", { name: "Is it on the run?" }).click();
  await expect(page.getByText(`On its way from ${senderName}.`)).toBeVisible();

  await card.getByRole("button", { name: "Received" }).click();
  await expect(page.getByText(`It has come from ${senderName}.`)).toBeVisible();
  const here = counter.getByRole("region", { name: /^Here to be collected/ }).filter({ has: card });
  await expect(here).toBeVisible();
  await card.getByRole("button", { name: "To the customer" }).click();
  await card.getByRole("button", { name: "Has the customer got it?" }).click();
  await expect(here).toBeHidden();
  await expect(page.getByRole("heading", { name: "Collected" })).toBeVisible();
});
