import { largestStrongComponent } from "#server/core/geo/strong-components.ts";
import type { StreetNet } from "./street-net.ts";

/**
 * Removes what no van could both reach and leave: first one-way rules are lifted from streets that trap or shut out a
 * place, then whatever still hangs apart is taken off the map.
 */
export function keepReachable(net: StreetNet, isOneway: boolean[]): void {
  for (let round = 0; round < 6; round++) {
    const main = mainComponent(net, isOneway);
    let lifted = 0;
    for (let edge = 0; edge < net.from.length; edge++) {
      if (!net.alive[edge] || (main[net.from[edge]!] === 1 && main[net.to[edge]!] === 1)) continue;
      const street = net.streetOf[edge]!;
      if (!isOneway[street] || net.streets[street]!.oneway) continue;
      isOneway[street] = false;
      lifted++;
    }
    if (lifted === 0) break;
  }
  const main = mainComponent(net, isOneway);
  for (let edge = 0; edge < net.from.length; edge++)
    if (net.alive[edge] && (main[net.from[edge]!] === 0 || main[net.to[edge]!] === 0)) net.remove(edge);
}

function mainComponent(net: StreetNet, isOneway: readonly boolean[]): Uint8Array {
  const start = new Int32Array(net.x.length + 1);
  const head: number[] = [];
  for (const [node, edges] of net.at.entries()) {
    for (const edge of edges) {
      if (net.from[edge] === node) head.push(net.to[edge]!);
      else if (!isOneway[net.streetOf[edge]!]) head.push(net.from[edge]!);
    }
    start[node + 1] = head.length;
  }
  return largestStrongComponent(net.x.length, start, Int32Array.from(head));
}
