import * as z from "zod";

const IPv4 = z.ipv4();
const IPv6 = z.ipv6();

/**
 * The network address in a text as it counts: of IPv6 the first 64 bits, which is what a subscriber gets, for with the rest
 * of it one has more addresses than all others together. Of anything that is no address, null.
 */
export function networkAddress(text: string | null | undefined): string | null {
  if (!text) return null;
  const address = text
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, "$1")
    .replace(/%.*$/, "");
  // Asked for one kind only: to be told why it is not the other takes longer than all the rest.
  if (!address.includes(":")) return IPv4.safeParse(address).success ? address : null;
  if (!IPv6.safeParse(address).success) return null;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? `${leadingGroups(address).join(":")}::/64`;
}

/** The first four groups of an IPv6 address, each as the shortest lower-case number. */
function leadingGroups(address: string): string[] {
  const [head = "", tail] = address.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail ? tail.split(":").flatMap((group) => (group.includes(".") ? [group, ""] : [group])) : [];
  const gap = tail === undefined ? 0 : 8 - front.length - back.length;
  return [...front, ...Array<string>(gap).fill("0"), ...back]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16));
}
