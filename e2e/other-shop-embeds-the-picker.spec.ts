import { createServer } from "node:http";
import { expect, expectAccessible, type FrameLocator, test as onPlatform, type Page, type World } from "./world.ts";

interface Said {
  readonly kept: number;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Serves a page with the picker in it at an origin, until the journey is over. */
const test = onPlatform.extend<{ serveHost: (origin: string, html: string) => Promise<string> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures it needs from here.
  serveHost: async ({}, use) => {
    const servers: ReturnType<typeof createServer>[] = [];
    await use(async (origin, html) => {
      const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(html));
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(Number(new URL(origin).port), "localhost", resolve));
      const address = server.address();
      return `http://localhost:${typeof address === "object" && address ? address.port : 0}`;
    });
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  },
});

test("another shop embeds the picker, sends it cart and address, and hears what is held and what is lost", async ({
  page,
  world,
  serveHost,
}) => {
  const { regionId, skuId, destination } = await order(world);
  await page.goto(await serveHost(world.hostOrigin, hostPage(world, regionId, world.hostOrigin)));
  const picker = page.frameLocator("iframe");
  await heard(page, "ready");
  await tell(page, { type: "cart", lines: [{ skuId, units: 1 }] });
  await tell(page, { type: "address", destination });
  const windows = picker.getByRole("radiogroup");
  await expect(windows).toBeVisible();
  expect((await heard(page, "height")).heightPx).toBeGreaterThan(200);
  await expectAccessible(page);

  await openWindows(picker).first().click();
  const chosen = await heard(page, "chosen");
  expect(chosen).toMatchObject({ kept: 1, mode: "delivery", nodeId: null });
  await expect(picker.getByText("Kept for you for")).toBeVisible();
  const [held] = await world.sql`select state from public.holds where id = ${String(chosen.holdId)}`;
  expect(held?.state).toBe("held");

  await tell(page, { type: "language", language: "pt" });
  await expect(picker.getByText("Reservado para si durante")).toBeVisible();
  await tell(page, { type: "scheme", scheme: "dark" });
  await expect
    .poll(() => picker.locator("html").evaluate((root) => getComputedStyle(root).backgroundColor))
    .toBe("rgb(22, 22, 20)");

  await tell(page, { type: "cart", lines: [{ skuId, units: 2 }] });
  expect(await heard(page, "lost")).toMatchObject({ reason: "cartChanged", startsAt: chosen.startsAt });
  await expect
    .poll(async () => (await world.sql`select state from public.holds where id = ${String(chosen.holdId)}`)[0]?.state)
    .toBe("released");

  await tell(page, { type: "cart", lines: [{ skuId, units: 0 }] });
  expect(await heard(page, "refused")).toMatchObject({ what: "cart: lines" });
});

test("a window that goes between look and choice is said to be lost, with the nearest one", async ({
  page,
  world,
  serveHost,
}) => {
  const { regionId, skuId, destination } = await order(world);
  await page.goto(await serveHost(world.hostOrigin, hostPage(world, regionId, world.hostOrigin)));
  await heard(page, "ready");
  await tell(page, { type: "cart", lines: [{ skuId, units: 1 }] });
  await tell(page, { type: "address", destination });
  const picker = page.frameLocator("iframe");
  await expect(openWindows(picker).first()).toBeVisible();
  // The refusal is the platform's own; only its moment is chosen here.
  await page.route("**/api/trpc/promise.hold*", async (route) => {
    const [call] = Object.values(route.request().postDataJSON() as Record<string, { offer: string }>);
    await world.sql`update app.clock set shift = shift + interval '11 minutes'`;
    expect(call?.offer).toBeTruthy();
    await route.continue();
  });
  await openWindows(picker).first().click();
  const lost = await heard(page, "lost");
  expect(lost).toMatchObject({ reason: "offer-expired" });
  expect(lost.nearest).not.toBeNull();
  await expect(picker.getByText("Nearest that are open")).toBeVisible();
});

test("a site that is not allowed gets no picker, and a page that only claims to be the other shop is not heard", async ({
  page,
  world,
  serveHost,
}) => {
  const { regionId, skuId, destination } = await order(world);
  const anyPort = "http://localhost:0";
  await page.goto(await serveHost(anyPort, hostPage(world, regionId, "http://localhost:1")));
  await expect(page.frameLocator("iframe").getByText("may not embed")).toBeVisible();

  // The address names the shop that is allowed, the frame stands in another one's page: the browser shows nothing.
  await page.goto(await serveHost(anyPort, hostPage(world, regionId, world.hostOrigin)));
  await tell(page, { type: "cart", lines: [{ skuId, units: 1 }] });
  await tell(page, { type: "address", destination });
  await expect(page.frameLocator("iframe").getByRole("radiogroup")).toHaveCount(0);
  expect(await page.evaluate(() => (window as unknown as { said: Said[] }).said)).toEqual([]);
});

/** A page with the picker in it, which keeps what the picker says. */
function hostPage(world: World, regionId: string, host: string): string {
  const address = `${world.url}/embed/slots?${new URLSearchParams({ region: regionId, host, scheme: "light" })}`;
  return `<!doctype html><html lang="en"><title>Another shop</title><main><h1>Another shop</h1>
    <iframe title="Delivery windows" src="${address.replaceAll("&", "&amp;")}" style="width:100%;height:900px"></iframe></main>
    <script>
      window.said = [];
      addEventListener("message", (event) => {
        if (event.origin === ${JSON.stringify(world.url)} && event.data?.kept) window.said.push(event.data);
      });
    </script></html>`;
}

async function tell(page: Page, message: Readonly<Record<string, unknown>>): Promise<void> {
  await page.evaluate((data) => document.querySelector("iframe")?.contentWindow?.postMessage(data, "*"), {
    kept: 1,
    ...message,
  });
}

/** The last message of this type that the picker said, once it has. */
async function heard(page: Page, type: string): Promise<Said> {
  const last = () =>
    page.evaluate(
      (wanted) => (window as unknown as { said: Said[] }).said.findLast((each) => each.type === wanted),
      type,
    );
  await expect.poll(last, { message: `the picker says "${type}"` }).toBeTruthy();
  return (await last())!;
}

function openWindows(picker: FrameLocator) {
  return picker.getByRole("radiogroup").getByRole("radio", { disabled: false });
}

/** Something to order, and a door in the region: that of a store. */
async function order({ sql }: World) {
  const [row] = await sql<{ regionId: string; skuId: string; lng: number; lat: number; address: string }[]>`
    select n.region_id as "regionId", l.sku_id as "skuId", n.lng, n.lat, n.address
    from public.nodes n join public.inventory_levels l on l.node_id = n.id join public.skus s on s.id = l.sku_id
    where s.temperature = 'ambient' order by l.on_hand - l.reserved - l.safety desc, n.id limit 1`;
  const { regionId, skuId, ...destination } = row!;
  return { regionId, skuId, destination };
}
