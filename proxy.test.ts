import { expect, test } from "vitest";
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

test("no other path is asked about", () => {
  const [matcher] = config.matcher.map((path) => new RegExp(`^${path}$`));
  expect(["/", "/order/abc", "/api/promise/check"].filter((path) => matcher!.test(path))).toEqual([]);
});
