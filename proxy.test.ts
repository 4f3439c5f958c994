import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { config, proxy } from "./proxy.ts";

const ask = (path: string) => proxy(new Request(`http://127.0.0.1${path}`));

test.each(["/order/%ff", "/api/trpc/%E0%A4%A", "/api/map/tiles/8/0/%"])("%s is no address", async (path) => {
  const refusal = ask(path);
  expect(refusal?.status).toBe(400);
  expect(await refusal?.json()).toMatchObject({ type: "invalid-request", status: 400 });
});

test.each(["/order/%C3%A9", "/order/50%25", "/api/trpc/a%2Cb"])("%s goes on", (path) => {
  expect(ask(path)).toBeUndefined();
});

test("what a page loads, and the API, is not asked about", () => {
  const isAsked = (path: string) => config.matcher.some((pattern) => new RegExp(`^${pattern}$`).test(path));
  expect(["/_next/static/a.js", "/api/promise/check", "/api/trpc/promise.quote"].filter(isAsked)).toEqual([]);
  const paths = ["/", "/order/abc", "/product/milk", "/embed/slots", "/order/%ff", "/api/trpc/%ff"];
  expect(paths.filter(isAsked)).toEqual(paths);
});

beforeEach(() => vi.stubEnv("KEPT_EMBED_ORIGINS", "https://shop.example"));
afterEach(() => vi.unstubAllEnvs());

test("an embedded page may stand in frames of the site that its address names, and of no other", () => {
  const answer = ask(`/embed/slots?region=MAIN&host=${encodeURIComponent("https://shop.example")}`);
  expect(answer?.headers.get("content-security-policy")).toBe("frame-ancestors https://shop.example");
});

test.each(["", "?host=https://evil.example", "?host=https://shop.example.evil.example", "?host=*"])(
  "a site that is not allowed gets no page to embed: /embed/slots%s",
  (query) => {
    expect(ask(`/embed/slots${query}`)?.status).toBe(403);
  },
);
