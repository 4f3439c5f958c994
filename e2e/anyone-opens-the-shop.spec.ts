import { expect, expectAccessible, test } from "./world.ts";

test("the shop opens with goods to choose from", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expectAccessible(page);
});
