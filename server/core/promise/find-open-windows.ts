import { createOffers, offerWindows } from "../routing/offer-windows.ts";
import type { FleetRoutes } from "./fleet-routes.ts";
import { groupWindows, type WindowSpan } from "./group-windows.ts";

/**
 * By window: the shifts that could stop once more in it, for so long, if the door lay on the way and weighed nothing. No
 * real door asks for less, so a shift that is not there takes nobody in that window.
 */
export function findOpenWindows(fleet: FleetRoutes, windows: readonly WindowSpan[], serviceSec: number): number[][] {
  const open = windows.map((): number[] => []);
  const rowCount = fleet.shifts.reduce(
    (most, { homeRow, firstRow, route }) => Math.max(most, homeRow + 1, firstRow + route.length),
    0,
  );
  const none = new Int32Array(rowCount);
  const rows = { toSec: none, toM: none, fromSec: none, fromM: none };
  const visit = { serviceSec, load: [0, 0], needs: 0, surcharge: new Float64Array(fleet.shifts.length) };
  for (const { index } of groupWindows(windows, () => 0)) {
    const offers = createOffers(index.length);
    const asked = {
      startSec: Int32Array.from(index, (w) => windows[w]!.startSec),
      endSec: Int32Array.from(index, (w) => windows[w]!.endSec),
    };
    for (let s = 0; s < fleet.shifts.length; s++) {
      offerWindows(fleet.offer, visit, rows, asked, offers, s, s + 1);
      for (const [i, w] of index.entries()) if (offers.place[i] !== -1) open[w]!.push(s);
    }
  }
  return open;
}
