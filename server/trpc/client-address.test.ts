import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { clientAddress, markPeers, trustedProxies } from "./client-address.ts";

const from = (peer: string | null, forwarded: string | null, proxies: number) =>
  clientAddress(
    new Headers({ ...(peer && { "x-kept-peer": peer }), ...(forwarded && { "x-forwarded-for": forwarded }) }),
    proxies,
  );

test("without proxies the connection counts, whatever the forwarding header says", () => {
  expect(from("192.0.2.1", null, 0)).toBe("192.0.2.1");
  expect(from("192.0.2.1", "198.51.100.9", 0)).toBe("192.0.2.1");
  expect(from(null, "198.51.100.9", 0)).toBeNull();
});

test("behind proxies what they wrote counts, and nothing that was there before", () => {
  expect(from("10.0.0.1", "203.0.113.7", 1)).toBe("203.0.113.7");
  expect(from("10.0.0.1", "198.51.100.9, 203.0.113.7", 1)).toBe("203.0.113.7");
  expect(from("10.0.0.1", "198.51.100.9,203.0.113.7,10.0.0.2", 2)).toBe("203.0.113.7");
});

test("who comes around a proxy is known by the connection", () => {
  expect(from("192.0.2.1", null, 1)).toBe("192.0.2.1");
  expect(from("192.0.2.1", "198.51.100.9", 2)).toBe("192.0.2.1");
});

test("an address counts in one form only", () => {
  expect(from("2001:DB8:0000:0007:ffff:1:2:3", null, 0)).toBe("2001:db8:0:7::/64");
  expect(from("10.0.0.1", "[2001:db8:0:7::1]:4711", 1)).toBe("2001:db8:0:7::/64");
  expect(from("unknown", "_hidden", 1)).toBeNull();
});

test("the number of proxies is a number or an error that names the variable", () => {
  expect(trustedProxies({})).toBe(0);
  expect(trustedProxies({ KEPT_TRUSTED_PROXIES: "2" })).toBe(2);
  expect(() => trustedProxies({ KEPT_TRUSTED_PROXIES: "yes" })).toThrow(/KEPT_TRUSTED_PROXIES/);
});

test("a server of this process says whose connection it is, over what the client claims", async () => {
  markPeers();
  const server = createServer((request, response) => response.end(String(request.headers["x-kept-peer"])));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { "x-kept-peer": "198.51.100.9" } });
  expect(await answer.text()).toBe("127.0.0.1");
  server.close();
});
