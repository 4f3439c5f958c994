import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { networkAddress } from "../domain/network-address.ts";

/** Written by us over whatever a client sends under this name: who is at the other end of the connection. */
const PEER_HEADER = "x-kept-peer";
/** How many proxies stand in front of us, each of which appends to X-Forwarded-For whom it was asked by. */
export const TRUSTED_PROXIES_VARIABLE = "KEPT_TRUSTED_PROXIES";

/**
 * Lets every request of this process's HTTP servers say whose connection it came in by: a route handler gets a Request,
 * which has no connection, and what Next puts into X-Forwarded-For is the client's own if it sends one.
 */
export function markPeers(): void {
  // Published before the server's own listener hears of the request.
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    const peer = request.socket.remoteAddress;
    if (peer === undefined) delete request.headers[PEER_HEADER];
    else request.headers[PEER_HEADER] = peer;
  });
}

/**
 * The network address that a request comes from, or null where nobody knows.
 *
 * Behind n trusted proxies it is the n-th address from the end of X-Forwarded-For: what stands before it was written by
 * whoever asked, and is not looked at. With none it is the connection's own, whatever the header says.
 */
export function clientAddress(headers: Headers, trustedProxies: number): string | null {
  const peer = headers.get(PEER_HEADER);
  if (trustedProxies === 0) return networkAddress(peer);
  const named = headers.get("x-forwarded-for")?.split(",") ?? [];
  // One too few: somebody went around a proxy, and says about himself what he likes.
  return named.length < trustedProxies ? networkAddress(peer) : networkAddress(named[named.length - trustedProxies]);
}

/** How many proxies the environment says to trust. Throws on what is no number. */
export function trustedProxies(env: Readonly<Record<string, string | undefined>>): number {
  const given = env[TRUSTED_PROXIES_VARIABLE] ?? "";
  if (!/^\d{0,2}$/.test(given)) throw new Error(`${TRUSTED_PROXIES_VARIABLE} is a number of proxies, not "${given}"`);
  return Number(given);
}
