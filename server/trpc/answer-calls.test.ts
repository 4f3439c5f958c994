import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { answerCalls } from "./answer-calls.ts";
import { openTestWorld, type TestWorld } from "./test-caller.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await openTestWorld();
  Object.assign(globalThis, { keptPlatform: world.platform });
});
afterAll(async () => {
  Object.assign(globalThis, { keptPlatform: undefined });
  await world.close();
});

const JSON_BODY = { method: "POST", headers: { "content-type": "application/json" } };

async function ask(path: string, init: RequestInit) {
  const answer = await answerCalls(new Request(`http://127.0.0.1/api/trpc/${path}`, init));
  const text = await answer.text();
  // Never a stack, a file of ours, or the words of the database.
  expect(text).not.toMatch(/\bat .*:\d+:\d+|node_modules|server\/|PostgresError|stack"/);
  return { status: answer.status, body: JSON.parse(text) };
}

test("a call is answered", async () => {
  const { status, body } = await ask("catalogue.regions", JSON_BODY);
  expect(status).toBe(200);
  expect(body.result.data).toHaveLength(1);
});

describe("a request that no procedure can be asked with is refused by a typed fault", () => {
  const long = `{"query":"${"x".repeat(400_000)}"}`;
  test.each<[string, string, RequestInit, number, string]>([
    ["cut JSON", "addresses.streets", { ...JSON_BODY, body: '{"query":' }, 400, "invalid-request"],
    ["no body", "addresses.streets", JSON_BODY, 400, "invalid-request"],
    [
      "bytes that are no text",
      "addresses.streets",
      { ...JSON_BODY, body: new Uint8Array([255, 254, 0]) },
      400,
      "invalid-request",
    ],
    [
      "another type",
      "addresses.streets",
      { ...JSON_BODY, headers: { "content-type": "text/plain" } },
      415,
      "invalid-request",
    ],
    ["a body that is too long", "addresses.streets", { ...JSON_BODY, body: long }, 413, "invalid-request"],
    ["a name of no procedure", "nothing.here", JSON_BODY, 404, "not-found"],
    ["a name that every object has", "constructor", JSON_BODY, 404, "not-found"],
    ["a change by GET", "promise.release?input=%7B%7D", {}, 405, "invalid-request"],
    ["input that is cut", "addresses.streets?input=%7Bx", {}, 400, "invalid-request"],
  ])("%s", async (_, path, init, status, code) => {
    const answer = await ask(path, init);
    expect(answer.status).toBe(status);
    expect(answer.body.error.data.fault.code).toBe(code);
  });

  test("more calls than a screen makes", async () => {
    const calls = Array(21).fill("catalogue.regions").join();
    const { status, body } = await ask(`${calls}?batch=1`, { ...JSON_BODY, body: "{}" });
    expect(status).toBe(400);
    expect([body].flat()[0].error.data.fault.code).toBe("invalid-request");
  });
});

test("a bug is told without its words, and without a claim about what was changed", async () => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  const { db } = world.platform;
  Object.assign(globalThis, {
    keptPlatform: { ...world.platform, db: () => Promise.reject(new Error("secret words")) },
  });
  const { status, body } = await ask("catalogue.regions", JSON_BODY);
  Object.assign(globalThis, { keptPlatform: { ...world.platform, db } });
  expect(status).toBe(500);
  expect(body.error.data.fault).toBeNull();
  expect(body.error.message).toBe("Something broke on our side. Try again: what is done already is not done twice.");
  expect(String(logged.mock.lastCall?.[1])).toContain("secret words");
  logged.mockRestore();
});
