import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "./test-stack.ts";

// A browser stands between a page and the gateway: what it is not allowed to send or read never happens. Node asks nobody,
// so every other test passed while no page could sign in.

let world: TestStack;
beforeAll(async () => {
  world = await startTestStack();
});
afterAll(() => world?.stop());

const PAGE = "http://127.0.0.1:3000";
/** What supabase-js sends with a sign-in. */
const HEADERS = "apikey,authorization,content-type,x-client-info,x-supabase-api-version";

test.each(["/auth/v1/token?grant_type=password", "/auth/v1/logout", "/rest/v1/regions"])(
  "a page may call %s with the headers of supabase-js",
  async (path) => {
    const answer = await fetch(world.stack.gatewayUrl + path, {
      method: "OPTIONS",
      headers: {
        origin: PAGE,
        "access-control-request-method": "POST",
        "access-control-request-headers": HEADERS,
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("access-control-allow-headers")).toBe(HEADERS);
    expect(answer.headers.get("access-control-allow-methods")).toContain("POST");
  },
);

test("a page may read what Auth answers, a refusal and a rejected token too", async () => {
  const { gatewayUrl, publishableKey } = world.stack;
  const headers = { origin: PAGE, apikey: publishableKey, "content-type": "application/json" };
  const refused = await fetch(`${gatewayUrl}/auth/v1/token?grant_type=password`, {
    method: "POST",
    headers,
    body: JSON.stringify({ email: "nobody@kept.test", password: "wrong" }),
  });
  expect(refused.status).toBe(400);
  const bent = await fetch(`${gatewayUrl}/auth/v1/user`, { headers: { ...headers, authorization: "Bearer a.b.c" } });
  expect(bent.status).toBe(403);
  for (const answer of [refused, bent]) expect(answer.headers.get("access-control-allow-origin")).toBe("*");
});
