import { areaOf, type Line, type Point } from "./plane.ts";
import type { StreetNet } from "./street-net.ts";

/** What streets enclose, as closed rings that turn left. Dead ends inside a block are part of its outline. */
export function findBlocks(net: StreetNet): Line[] {
  // Half-edge 2e runs along edge e, 2e+1 against it. At each node the next half-edge of a face is the first one
  // clockwise from the way back.
  const outgoing = net.at.map((edges, node) =>
    edges
      .map((edge) => ({ half: net.from[edge] === node ? 2 * edge : 2 * edge + 1, edge }))
      .map(({ half, edge }) => {
        const heading = net.headingOf(edge);
        return { half, turn: half % 2 === 0 ? pseudoAngle(heading) : pseudoAngle({ x: -heading.x, y: -heading.y }) };
      })
      .sort((a, b) => a.turn - b.turn || a.half - b.half)
      .map(({ half }) => half),
  );
  const seen = new Uint8Array(net.from.length * 2);
  const blocks: Line[] = [];
  for (let first = 0; first < seen.length; first++) {
    if (seen[first] === 1 || !net.alive[first >> 1]) continue;
    const ring: Point[] = [];
    let half = first;
    while (seen[half] === 0) {
      seen[half] = 1;
      const edge = half >> 1;
      ring.push(net.point(half % 2 === 0 ? net.from[edge]! : net.to[edge]!));
      const arrival = half % 2 === 0 ? net.to[edge]! : net.from[edge]!;
      const around = outgoing[arrival]!;
      const back = around.indexOf(half ^ 1);
      half = around[(back + around.length - 1) % around.length]!;
    }
    if (half === first && ring.length >= 3 && areaOf(ring) > 0) blocks.push([...ring, ring[0]!]);
  }
  return blocks;
}

/** Grows with the angle from east, without an arc tangent; in [0, 4). */
function pseudoAngle({ x, y }: Point): number {
  const share = y / (Math.abs(x) + Math.abs(y));
  return x < 0 ? 2 - share : share < 0 ? 4 + share : share;
}
