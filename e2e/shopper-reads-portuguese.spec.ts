import { plentifulGoods } from "./shopper.ts";
import { expect, expectAccessible, test } from "./world.ts";

test.use({ locale: "pt-BR" });

test("a browser that asks for Portuguese gets it, all the way to the order; the other choice is remembered", async ({
  page,
  world,
}) => {
  const [name] = await plentifulGoods(world, 1);
  await page.goto(`/?${new URLSearchParams({ search: name! })}`);
  await expect(page.locator("html")).toHaveAttribute("lang", "pt");
  await page.getByRole("button", { name: `Adicionar ${name} ao carrinho`, exact: true }).click();
  await page.getByRole("button", { name: "Carrinho 1 artigo" }).click();
  await page.getByRole("link", { name: "Escolher o horário" }).click();
  await page.getByRole("region", { name: "Morada" }).getByRole("listitem").first().getByRole("button").click();
  const windows = page.getByRole("radiogroup", { name: /^Horários de entrega de / });
  await expect(windows).toBeVisible();
  await expectAccessible(page);
  await windows.getByRole("radio", { disabled: false }).first().click();
  await expect(page.getByText("Reservado para si durante")).toBeVisible();

  await page.getByRole("combobox", { name: "Idioma" }).selectOption("English");
  await expect(page.getByText("Kept for you for")).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.reload();
  await expect(page.getByRole("heading", { name: "Checkout" })).toBeVisible();

  await page.getByRole("combobox", { name: "Language" }).selectOption("Português");
  const details = page.getByRole("region", { name: "Os seus dados" });
  await details.getByLabel("Nome").fill("Inês Almeida");
  await details.getByLabel("Telefone").fill("+351 910 000 000");
  await details.getByRole("button", { name: /^Confirmar encomenda/ }).click();
  await expect(page.getByRole("heading", { name: "Temos a sua encomenda" })).toBeVisible();
  await expectAccessible(page);
});

test("right to left, the picker's arrow keys follow the lines and nothing sticks out of the page", async ({
  page,
  world,
}) => {
  const [name] = await plentifulGoods(world, 1);
  await page.goto(`/?${new URLSearchParams({ search: name! })}`);
  await page.getByRole("button", { name: `Adicionar ${name} ao carrinho`, exact: true }).click();
  await page.goto("/checkout");
  await page.getByRole("region", { name: "Morada" }).getByRole("listitem").first().getByRole("button").click();
  const tabs = page.getByRole("tablist", { name: "Dia" }).getByRole("tab");
  await expect(tabs.first()).toBeVisible();
  await page.evaluate(() => {
    document.documentElement.dir = "rtl";
  });
  await tabs.first().click();
  await page.keyboard.press("ArrowLeft");
  await expect(tabs.nth(1)).toBeFocused();
  await expect(tabs.nth(1)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowRight");
  await expect(tabs.first()).toBeFocused();
  const overhang = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  // Below zero is the room that is kept for a scrollbar.
  expect(overhang).toBeLessThanOrEqual(0);
  await expectAccessible(page);
});
