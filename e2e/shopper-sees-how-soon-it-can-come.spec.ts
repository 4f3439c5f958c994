import { plentifulGoods } from "./shopper.ts";
import { expect, expectAccessible, test } from "./world.ts";

test("a product's page says until when to order for which window, as search engines read it too, and the checkout agrees", async ({
  page,
  world,
}) => {
  const [name] = await plentifulGoods(world, 1);
  await page.goto(`/?${new URLSearchParams({ search: name! })}`);
  await page.getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  const promise = page.getByText(/^(Order within .+ for|Next delivery) /);
  await expect(promise).toContainText("To the centre of");
  await expectAccessible(page);

  const text = await (await page.request.get(page.url())).text();
  const [, json] = /<script type="application\/ld\+json">(.+?)<\/script>/.exec(text) ?? [];
  const { offers } = JSON.parse(json ?? "{}");
  expect(offers).toMatchObject({ "@type": "Offer", availability: "https://schema.org/InStock" });
  expect(offers.shippingDetails.shippingRate.value).toMatch(/^\d+\.\d\d$/);

  await page.getByRole("button", { name: /^Deliver to/ }).click();
  await page.getByRole("dialog").getByRole("listitem").first().getByRole("button").click();
  await expect(promise).not.toContainText("To the centre of");
  const [, hours] = /(\d\d:\d\d–\d\d:\d\d)/.exec((await promise.textContent()) ?? "") ?? [];
  await page.getByRole("button", { name: `Add ${name} to the cart`, exact: true }).click();
  await page.goto("/checkout");
  const first = page.getByRole("radiogroup").getByRole("radio", { disabled: false }).first();
  await expect(first).toContainText(hours ?? "no hours");
});

test("the page of a product that is not sold says so", async ({ page }) => {
  await page.goto("/product/NO-SUCH-SKU");
  await expect(page.getByRole("heading", { name: "No longer sold" })).toBeVisible();
});
