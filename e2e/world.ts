import { AxeBuilder } from "@axe-core/playwright";
import {
  type BrowserContext,
  test as base,
  expect,
  type FrameLocator,
  type Locator,
  type Page,
} from "@playwright/test";
import postgres from "postgres";
import { auditLedger, violations } from "#server/features/audit/audit-ledger.ts";

/** What was started, for the processes that run the journeys. */
export interface AnnouncedPlatform {
  readonly webUrl: string;
  readonly databaseUrl: string;
  readonly signIns: readonly SignIn[];
  /** Of another shop, the only one that may embed the picker. Nobody listens there until a journey does. */
  readonly hostOrigin: string;
}

interface SignIn {
  readonly role: string;
  readonly email: string;
  readonly password: string;
}

const VARIABLE = "KEPT_E2E_PLATFORM";

export function announcePlatform(platform: AnnouncedPlatform): void {
  process.env[VARIABLE] = JSON.stringify(platform);
}

export function announcedPlatform(): AnnouncedPlatform | undefined {
  const text = process.env[VARIABLE];
  return text ? (JSON.parse(text) as AnnouncedPlatform) : undefined;
}

/** The running platform, as a journey sees it. */
export interface World {
  /** Of the web. */
  readonly url: string;
  /** As announced. */
  readonly hostOrigin: string;
  /** As superuser: to look behind the screens, and to be those who have no screen. */
  readonly sql: postgres.Sql;
  /** The demo's account of this role. */
  account(role: "ops" | "store" | "driver"): SignIn;
  /** Lets the platform's time run ahead until `instant`, and answers at once. */
  passTimeUntil(instant: Date): Promise<void>;
  /** Likewise, until it is morning there and nothing has opened yet: a whole day of windows lies ahead. */
  waitForMorning(): Promise<void>;
  close(): Promise<void>;
}

export function openWorld({ webUrl, databaseUrl, signIns, hostOrigin }: AnnouncedPlatform): World {
  const sql = postgres(databaseUrl, { max: 4, onnotice: () => {} });
  return {
    url: webUrl,
    hostOrigin,
    sql,
    account(role) {
      const found = signIns.find((one) => one.role === role);
      if (!found) throw new Error(`the demo has no account for ${role}`);
      return found;
    },
    async passTimeUntil(instant) {
      await sql`update app.clock set shift = ${instant}::timestamptz - clock_timestamp() where app.now() < ${instant}`;
    },
    async waitForMorning() {
      await sql`
        update app.clock set shift = (
          select (local::date + 1 + time '06:00') at time zone r.time_zone - clock_timestamp()
          from public.regions r cross join lateral (select app.now() at time zone r.time_zone as local) l
          where local::time > time '07:00' limit 1
        )
        where exists (select from public.regions r where (app.now() at time zone r.time_zone)::time > time '07:00')`;
    },
    close: () => sql.end({ timeout: 1 }),
  };
}

/** Somebody with a browser of their own. */
type OpenAs = (account: SignIn, path: string) => Promise<Page>;

/** A journey's `test`: fails on any error that a page throws, and when the ledger does not add up afterwards. */
export const test = base.extend<{ openAs: OpenAs; failOnPageErrors: undefined; audit: undefined }, { world: World }>({
  world: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures it needs from here.
    async ({}, use) => {
      const platform = announcedPlatform();
      if (!platform) throw new Error("the platform is not running: journeys are started by `npm run e2e`");
      const world = openWorld(platform);
      await use(world);
      await world.close();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ world }, use) => use(world.url),
  failOnPageErrors: [
    async ({ context }, use) => {
      const errors = errorsOn(context);
      await use(undefined);
      expect(errors, "errors that pages threw").toEqual([]);
    },
    { auto: true },
  ],
  openAs: async ({ browser, world }, use) => {
    const opened: { context: BrowserContext; errors: string[] }[] = [];
    await use(async ({ email, password }, path) => {
      const context = await browser.newContext();
      opened.push({ context, errors: errorsOn(context) });
      const page = await context.newPage();
      await page.goto(world.url + path);
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(page.getByLabel("Password")).toBeHidden();
      return page;
    });
    for (const { context } of opened) await context.close();
    expect(
      opened.flatMap(({ errors }) => errors),
      "errors that staff's pages threw",
    ).toEqual([]);
  },
  audit: [
    async ({ world }, use) => {
      await use(undefined);
      const broken = violations(await auditLedger(world.sql));
      expect(broken.map(({ invariant, rows }) => ({ sentence: invariant.sentence, rows }))).toEqual([]);
    },
    { auto: true },
  ],
});

export type { FrameLocator, Locator, Page };
export { expect };

function errorsOn(context: BrowserContext): string[] {
  const errors: string[] = [];
  context.on("weberror", (error) => errors.push(String(error.error().stack)));
  return errors;
}

/** axe finds nothing serious on the page as it is. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  const serious = found.filter(({ impact }) => impact === "serious" || impact === "critical");
  const places = serious.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id} (${help}): ${target.join(" ")}`),
  );
  expect(places, `what axe finds on ${page.url()}`).toEqual([]);
}
