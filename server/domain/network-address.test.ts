import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { networkAddress } from "./network-address.ts";

test("one IPv6 subscriber is one address, and an IPv4 address is itself in either form", () => {
  expect(networkAddress("2001:db8:0:7::1")).toBe("2001:db8:0:7::/64");
  expect(networkAddress("2001:DB8:0000:0007:ffff:1:2:3")).toBe("2001:db8:0:7::/64");
  expect(networkAddress("2001:db8::7:1:2:3:4")).toBe("2001:db8:0:7::/64");
  expect(networkAddress("::1")).toBe("0:0:0:0::/64");
  expect(networkAddress("fe80::1%eth0")).toBe("fe80:0:0:0::/64");
  expect(networkAddress("::ffff:192.0.2.1")).toBe("192.0.2.1");
  expect(networkAddress("[2001:db8:0:7::1]:4711")).toBe("2001:db8:0:7::/64");
  expect(networkAddress(" 192.0.2.1")).toBe("192.0.2.1");
});

test("what is no address is nobody's", () => {
  for (const text of ["unknown", "1.2.3", "_hidden", "", "1.2.3.4:80", "::1::", null, undefined])
    expect(networkAddress(text)).toBeNull();
});

test("what Node takes for an address is one, however it is written", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      expect(isIPv4(text) || isIPv6(text)).toBe(true);
      expect(networkAddress(text)).not.toBeNull();
    }),
  );
});
