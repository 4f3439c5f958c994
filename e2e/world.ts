import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import postgres from "postgres";

/** What the setup started, for the processes that run the journeys. */
interface AnnouncedPlatform {
  readonly webUrl: string;
  readonly databaseUrl: string;
  readonly signIns: readonly { readonly role: string; readonly email: string; readonly password: string }[];
}

const VARIABLE = "KEPT_E2E_PLATFORM";

export function announcePlatform(platform: AnnouncedPlatform): void {
  process.env[VARIABLE] = JSON.stringify(platform);
}

/** The running platform, as a journey sees it. */
export interface World {
  /** Of the web. */
  readonly url: string;
  /** As superuser: to look behind the screens, and to be those who have no screen. */
  readonly sql: postgres.Sql;
  /** Opens a page that needs one of the staff, and signs in as the demo's. */
  openAs(page: Page, role: "ops" | "store" | "driver", path: string): Promise<void>;
}

function openWorld(announced: string | undefined): World {
  if (!announced) throw new Error("the platform is not running: journeys are started by `npm run e2e`");
  const { webUrl, databaseUrl, signIns } = JSON.parse(announced) as AnnouncedPlatform;
  return {
    url: webUrl,
    sql: postgres(databaseUrl, { max: 4, onnotice: () => {} }),
    async openAs(page, role, path) {
      const account = signIns.find((one) => one.role === role);
      if (!account) throw new Error(`the demo has no account for ${role}`);
      await page.goto(webUrl + path);
      await page.getByLabel("E-mail").fill(account.email);
      await page.getByLabel("Password").fill(account.password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(page.getByLabel("Password")).toBeHidden();
    },
  };
}

/** A journey's `test`: with the world, and failing on any error that a page throws. */
export const test = base.extend<{ failOnPageErrors: undefined }, { world: World }>({
  world: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures it needs from here.
    async ({}, use) => {
      const world = openWorld(process.env[VARIABLE]);
      await use(world);
      await world.sql.end({ timeout: 1 });
    },
    { scope: "worker" },
  ],
  baseURL: async ({ world }, use) => use(world.url),
  failOnPageErrors: [
    async ({ context }, use) => {
      const errors: string[] = [];
      context.on("weberror", (error) => errors.push(String(error.error().stack)));
      await use(undefined);
      expect(errors, "errors that pages threw").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** axe finds nothing serious on the page as it is. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const found = serious.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id} (${help}): ${target.join(" ")}`),
  );
  expect(found, `what axe finds on ${page.url()}`).toEqual([]);
}
