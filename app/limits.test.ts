import { globSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PROJECT_DIR } from "#bin/project-dir.ts";
import { type Allowances, CallKind, createRateLimiter, type RateLimiter } from "#server/domain/rate-limiter.ts";
import type { Platform } from "#server/platform.ts";
import { answerCalls } from "#server/trpc/answer-calls.ts";
import { createCallerFactory } from "#server/trpc/procedure.ts";
import { rootRouter } from "#server/trpc/root.ts";
import { faultOf } from "#server/trpc/test-caller.ts";
import { config, proxy } from "../proxy.ts";

// Every way in, walked: nothing that anybody can ask for without an account may be asked for without a limit. There is no
// platform here, so whatever looked at it before it counts would throw.

const each = (burst: number) =>
  Object.fromEntries(CallKind.options.map((kind) => [kind, { burst, perSec: 0.01 }])) as unknown as Allowances;
const on = globalThis as { keptLimiter?: RateLimiter; keptPlatform?: Platform };
beforeEach(() => {
  // Nobody may do anything.
  on.keptLimiter = createRateLimiter(each(0));
});
afterEach(() => {
  delete on.keptLimiter;
  delete on.keptPlatform;
  vi.unstubAllEnvs();
});

const ask = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
  new Request(`http://127.0.0.1${path}`, { ...init, headers: { "x-kept-peer": "192.0.2.1", ...headers } });

async function expectTurnedAway(answer: Response | undefined, type = "application/problem+json"): Promise<void> {
  expect(answer?.status).toBe(429);
  expect(Number(answer?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(answer?.headers.get("content-type")).toContain(type);
}

describe("every procedure is limited before it looks at its input", () => {
  const db = Object.assign(() => Promise.reject(new Error("asked the database")), {}) as unknown as Platform["db"];
  const names = Object.keys(rootRouter._def.procedures);
  expect(names.length).toBeGreaterThan(40);
  test.each(names)("%s", async (name) => {
    const caller = createCallerFactory(rootRouter)({
      platform: {} as Platform,
      db,
      caller: null,
      clientAddress: "192.0.2.1",
      limiter: createRateLimiter(each(0)),
    });
    const [context, procedure] = name.split(".") as [never, never];
    const call = (caller[context] as Record<string, (input: unknown) => Promise<unknown>>)[procedure]!;
    expect(await faultOf(call({ no: "input" }))).toBe("too-many-requests");
  });
});

describe("every route of the API is limited", () => {
  const routes = globSync("app/api/**/route.ts", { cwd: PROJECT_DIR });
  expect(routes.length).toBeGreaterThan(5);
  test.each(routes)("%s", async (path) => {
    const methods = (await import(join(PROJECT_DIR, path))) as Record<
      string,
      (...args: unknown[]) => Promise<Response>
    >;
    for (const [method, handle] of Object.entries(methods)) {
      const answer = await handle(ask("/api/x", {}, { method }), { params: Promise.resolve({}) });
      await expectTurnedAway(answer, path.includes("[trpc]") ? "application/json" : undefined);
    }
  });
});

describe("every page is limited", () => {
  const pages = globSync("app/**/page.tsx", { cwd: PROJECT_DIR });
  expect(pages.length).toBeGreaterThan(6);
  test.each(pages)("%s", async (file) => {
    const path = file
      .replace(/^app|\/page\.tsx$|\/\([^)]*\)/g, "")
      .replace(/\/page\.tsx$/, "")
      .replaceAll(/\[\w+\]/g, "x");
    const isAsked = config.matcher.some((pattern) => new RegExp(`^${pattern}$`).test(path || "/"));
    expect(isAsked).toBe(true);
    await expectTurnedAway(proxy(ask(path || "/")));
  });
});

test("a forwarding header does not help one who is no proxy, and another address is another", async () => {
  on.keptLimiter = createRateLimiter(each(2));
  const page = (peer: string, forwarded: string) =>
    proxy(ask("/order/x", { "x-kept-peer": peer, "x-forwarded-for": forwarded }));
  expect([page("192.0.2.1", "198.51.100.1"), page("192.0.2.1", "198.51.100.2")]).toEqual([undefined, undefined]);
  await expectTurnedAway(page("192.0.2.1", "198.51.100.3"));
  await expectTurnedAway(page("192.0.2.1", "198.51.100.4, 198.51.100.5"));
  expect(page("192.0.2.2", "198.51.100.1")).toBeUndefined();
});

test("behind a proxy the address that it wrote counts, and not what stood there before", async () => {
  vi.stubEnv("KEPT_TRUSTED_PROXIES", "1");
  on.keptLimiter = createRateLimiter(each(1));
  const page = (forwarded: string) => proxy(ask("/order/x", { "x-forwarded-for": forwarded }));
  expect(page("198.51.100.1")).toBeUndefined();
  await expectTurnedAway(page("203.0.113.9, 198.51.100.1"));
  expect(page("198.51.100.2")).toBeUndefined();
});

test("a call that is one too many is refused by a typed fault with the seconds to wait, in a batch by itself", async () => {
  const calm = { request: 9, read: 1 };
  on.keptLimiter = createRateLimiter({
    ...each(1),
    request: { burst: calm.request, perSec: 0.1 },
    read: { burst: calm.read, perSec: 0.1 },
  });
  on.keptPlatform = { db: () => Promise.resolve([]) } as unknown as Platform;
  const path = "/api/trpc/catalogue.regions,catalogue.regions?batch=1";
  const init = { method: "POST", body: "{}" };
  const answer = await answerCalls(ask(path, { "content-type": "application/json" }, init));
  expect(answer.headers.get("retry-after")).toBe("10");
  const [first, second] = await answer.json();
  expect(first.result.data).toEqual([]);
  expect(second.error.data).toMatchObject({ httpStatus: 429, fault: { code: "too-many-requests", detail: "10" } });
});
