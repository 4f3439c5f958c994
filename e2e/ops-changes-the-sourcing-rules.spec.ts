import { expect, expectAccessible, test } from "./world.ts";

test("operations change a sourcing rule after a look at what it does, and take it back", async ({ openAs, world }) => {
  await world.waitForMorning();
  const ops = await openAs(world.account("ops"), "/ops/sourcing");
  const handling = ops.getByLabel("Handling (%)");
  await expect(handling).toHaveValue("100");
  await handling.fill("0");
  await expect(ops.getByText("A whole number from 1 to 1000")).toBeVisible();
  await handling.fill("1000");
  await ops.getByLabel(/^Nodes for one cart/).fill("1");
  await ops.getByRole("button", { name: "Show what changes" }).click();
  const changes = ops.getByRole("region", { name: "What changes" });
  await expect(changes.getByText(/12 sample carts/)).toBeVisible();
  await expectAccessible(ops);

  await ops.getByRole("button", { name: "Save the rules" }).click();
  await expect(ops.getByText(/^Saved\./)).toBeVisible();
  await expect(ops.getByText(/^Last changed by /)).toBeVisible();
  const rules = () =>
    world.sql`select most_nodes, handling_weight_percent from public.sourcing_rules order by region_id limit 1`;
  expect(await rules()).toEqual([{ most_nodes: 1, handling_weight_percent: 1000 }]);
  await ops.getByRole("button", { name: "Undo" }).click();
  await expect(handling).toHaveValue("100");
  await expect(ops.getByRole("button", { name: "Undo" })).toHaveCount(0);
  expect(await rules()).toEqual([{ most_nodes: 2, handling_weight_percent: 100 }]);
});
