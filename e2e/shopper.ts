import { expect, type Locator, type Page, type World } from "./world.ts";

// What a shopper does, by what is on the screen. Each step leaves the page where the next one begins.

/** Puts one of each product into the cart and goes to the checkout. */
export async function fillCart(page: Page, products: readonly string[]): Promise<void> {
  for (const [place, name] of products.entries()) {
    await page.goto(`/?${new URLSearchParams({ search: name })}`);
    await page.getByRole("button", { name: `Add ${name} to the cart`, exact: true }).click();
    const units = place + 1;
    await expect(cartButton(page)).toHaveAccessibleName(new RegExp(`^Cart ${units} items?$`));
  }
  await cartButton(page).click();
  await page.getByRole("link", { name: "Choose a window" }).click();
  await expect(page).toHaveURL(/\/checkout$/);
}

/** Goods that a node, or each of many, has plenty of. */
export async function plentifulGoods({ sql }: World, count: number, nodeId?: string): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select s.name from public.skus s join app.available_stock l on l.sku_id = s.id
    where s.temperature = 'ambient' and l.available >= 5
      and (${nodeId ?? null}::text is null or l.node_id = ${nodeId ?? null})
    group by s.id, s.name order by count(*) desc, s.id limit ${count}`;
  return rows.map(({ name }) => name);
}

/** Takes the first of the sample addresses; answers its words. */
export async function chooseAddress(page: Page): Promise<string> {
  return takeAddress(page, step(page, "Address").getByRole("listitem").first());
}

/** Searches for a street and a house number and takes the first that is found; answers its words. */
export async function searchAddress(page: Page, words: string): Promise<string> {
  const address = step(page, "Address");
  await address.getByRole("searchbox", { name: "Street and house number" }).fill(words);
  return takeAddress(page, address.getByRole("listitem").filter({ hasText: words }).first());
}

async function takeAddress(page: Page, item: Locator): Promise<string> {
  const address = item.getByRole("button");
  await expect(address).toBeVisible();
  const words = (await address.textContent()) ?? "";
  await address.click();
  await expect(windows(page)).toBeVisible();
  return words;
}

/** Looks at pickup instead of delivery, at the store of this name. */
export async function lookAtPickup(page: Page, store: string): Promise<void> {
  const windowStep = step(page, "Window");
  await windowStep.getByRole("radio", { name: /^Pickup/ }).check();
  const place = windowStep.getByRole("group", { name: "Where to pick it up" });
  const more = place.getByRole("button", { name: /^Show \d+ more$/ });
  await expect(place.getByRole("radio").first()).toBeVisible();
  // The nearest few are shown first; the store may not be among them.
  if (await more.isVisible()) await more.click();
  await place.getByRole("radio", { name: new RegExp(`^${store}`) }).check();
  await expect(
    windowStep.getByRole("radiogroup", { name: new RegExp(`^Pickup at ${store} windows on`) }),
  ).toBeVisible();
}

/** Looks at the windows of the next day: all of them lie ahead, whatever the time has become. */
export async function lookAtTomorrow(page: Page): Promise<void> {
  const tab = page.getByRole("tablist", { name: "Day" }).getByRole("tab").nth(1);
  await tab.click();
  await expect(tab).toHaveAttribute("aria-selected", "true");
}

/** The windows of the day that is looked at. */
export function windows(page: Page): Locator {
  return step(page, "Window").getByRole("radiogroup", { name: / windows on / });
}

/** One of them, by its hours. */
export function windowAt(page: Page, { from, to }: Hours): Locator {
  return windows(page).getByRole("radio", { name: new RegExp(`^${from}\\W+(to )?${to}`) });
}

export interface Hours {
  readonly from: string;
  readonly to: string;
}

/** From when to when a window is, as the shopper reads it. */
export async function hoursOf(window: Locator): Promise<Hours> {
  const words = await window.textContent();
  const [, from, to] = /(\d\d:\d\d)\D+(\d\d:\d\d)/.exec(words ?? "") ?? [];
  if (!from || !to) throw new Error(`a window is called "${words}"`);
  return { from, to };
}

/** Those that can still be had. */
export function openWindows(page: Page): Locator {
  return windows(page).getByRole("radio", { disabled: false });
}

/** Chooses a window and waits until it is held. */
export async function hold(page: Page, window: Locator): Promise<void> {
  await window.click();
  await expect(page.getByText("Kept for you for")).toBeVisible();
}

/** Opens the windows again, with the one that is held among them. */
export async function changeWindow(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Change window" }).click();
  await expect(windows(page)).toBeVisible();
}

/** Fills in who it is for and confirms; ends on the order's page. */
export async function confirm(page: Page, name: string): Promise<void> {
  const details = step(page, "Your details");
  await details.getByLabel("Name").fill(name);
  await details.getByLabel("Phone").fill("+351 910 000 000");
  await details.getByRole("button", { name: /^Confirm order/ }).click();
  await expect(page).toHaveURL(/\/order\/[0-9a-f]{32}$/);
}

function step(page: Page, title: string): Locator {
  return page.getByRole("region", { name: title });
}

function cartButton(page: Page): Locator {
  return page.getByRole("button", { name: /^Cart\b/ });
}
