import { cpus } from "node:os";
import { makeRandom } from "#server/core/random.ts";
import { createOffers, type OfferRoutes, offerWindows, type VisitRows } from "#server/core/routing/offer-windows.ts";

// npm run bench:offer: how long it takes to say which of 28 windows a visit can still have, in 100 routes of 20 stops over
// seven days. The yardstick is a bare insertion loop over the same arrays in the same run: every window with every place
// of its day, nothing kept, nothing skipped.

const ROUTES = 105;
const STOPS = 20;
const DAYS = 7;
const WINDOWS_A_DAY = 4;
const ASKED = 2000;
const ROUNDS = 15;

const DAY_SEC = 86_400;
const SHIFT_START_SEC = 8 * 3600;
const WINDOW_SEC = 3 * 3600;

const random = makeRandom(1);
const places = Array.from({ length: ROUTES * STOPS + 1 }, () => [random.below(30_000), random.below(30_000)] as const);

/** Ten metres a second as the crow flies, a little slower one way. */
function secBetween([x, y]: readonly [number, number], [u, v]: readonly [number, number]): number {
  return Math.round(Math.hypot(x - u, y - v) / 10 + (x > u ? 15 : 0));
}

const windows = {
  startSec: new Int32Array(DAYS * WINDOWS_A_DAY),
  endSec: new Int32Array(DAYS * WINDOWS_A_DAY),
};
for (let w = 0; w < DAYS * WINDOWS_A_DAY; w++) {
  windows.startSec[w] = Math.floor(w / WINDOWS_A_DAY) * DAY_SEC + SHIFT_START_SEC + (w % WINDOWS_A_DAY) * WINDOW_SEC;
  windows.endSec[w] = windows.startSec[w]! + WINDOW_SEC;
}

function makeRoutes(): OfferRoutes {
  const count = ROUTES * (STOPS + 1);
  const routes: OfferRoutes = {
    routeCount: ROUTES,
    loadCount: 2,
    from: Int32Array.from({ length: ROUTES + 1 }, (_, r) => r * (STOPS + 1)),
    readySec: new Int32Array(count),
    latestSec: new Int32Array(count),
    before: new Int32Array(count),
    behind: new Int32Array(count),
    legCost: new Float64Array(count),
    metreCost: new Float64Array(ROUTES).fill(0.03),
    secondCost: new Float64Array(ROUTES).fill(0.5),
    freeLoad: new Int32Array(2 * ROUTES).fill(50),
    has: new Int32Array(ROUTES).fill(1),
  };
  for (let r = 0; r < ROUTES; r++) {
    const leavesSec = (r % DAYS) * DAY_SEC + SHIFT_START_SEC;
    const stops = Array.from({ length: STOPS }, (_, s) => r * STOPS + s);
    // A tour from stop to nearest stop, each served in the window that it is reached in.
    const tour: number[] = [];
    for (let at = ROUTES * STOPS; stops.length > 0; ) {
      stops.sort((a, b) => secBetween(places[at]!, places[a]!) - secBetween(places[at]!, places[b]!));
      at = stops.shift()!;
      tour.push(at);
    }
    const nodes = [ROUTES * STOPS, ...tour, ROUTES * STOPS];
    let ready = leavesSec;
    for (let p = 0; p <= STOPS; p++) {
      const at = r * (STOPS + 1) + p;
      const legSec = secBetween(places[nodes[p]!]!, places[nodes[p + 1]!]!);
      routes.readySec[at] = ready;
      routes.before[at] = nodes[p]!;
      routes.behind[at] = nodes[p + 1]!;
      routes.legCost[at] = 10 * legSec * 0.03 + legSec * 0.5;
      routes.latestSec[at] = ready + legSec + 3600 - p * 60;
      ready += legSec + 300;
    }
  }
  return routes;
}

const routes = makeRoutes();
const asked = Array.from({ length: 50 }, (): VisitRows => {
  const door = [random.below(30_000), random.below(30_000)] as const;
  const toSec = Int32Array.from(places, (place) => secBetween(place, door));
  const fromSec = Int32Array.from(places, (place) => secBetween(door, place));
  return { toSec, fromSec, toM: toSec.map((sec) => sec * 10), fromM: fromSec.map((sec) => sec * 10) };
});
const visit = { serviceSec: 240, load: [3, 2], needs: 1, surcharge: new Float64Array(ROUTES) };
const offers = createOffers(windows.startSec.length);

/** The yardstick. Returns a sum, so that nothing of it can be left out. */
function bareLoop(rows: VisitRows): number {
  let sum = 0;
  for (let w = 0; w < windows.startSec.length; w++) {
    let least = Number.POSITIVE_INFINITY;
    const day = Math.floor(w / WINDOWS_A_DAY);
    for (let r = day; r < ROUTES; r += DAYS) {
      for (let p = routes.from[r]!; p < routes.from[r + 1]!; p++) {
        const arrives = routes.readySec[p]! + rows.toSec[routes.before[p]!]!;
        const starts = Math.max(arrives, windows.startSec[w]!);
        if (starts >= windows.endSec[w]!) continue;
        if (starts + visit.serviceSec + rows.fromSec[routes.behind[p]!]! > routes.latestSec[p]!) continue;
        const extra =
          (rows.toM[routes.before[p]!]! + rows.fromM[routes.behind[p]!]!) * 0.03 +
          (rows.toSec[routes.before[p]!]! + rows.fromSec[routes.behind[p]!]! + visit.serviceSec) * 0.5 -
          routes.legCost[p]!;
        if (extra < least) least = extra;
      }
    }
    sum += least < Number.POSITIVE_INFINITY ? least : 0;
  }
  return sum;
}

function offered(rows: VisitRows): number {
  offerWindows(routes, visit, rows, windows, offers);
  let sum = 0;
  for (let w = 0; w < offers.cost.length; w++) sum += offers.place[w]! >= 0 ? offers.cost[w]! : 0;
  return sum;
}

/** Microseconds of processor time a call, the least of several rounds. */
function measure(call: (rows: VisitRows) => number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.threadCpuUsage();
    for (let i = 0; i < ASKED; i++) call(asked[i % asked.length]!);
    const used = process.threadCpuUsage(before);
    least = Math.min(least, (used.user + used.system) / ASKED);
  }
  return least;
}

for (const rows of asked) {
  const [ours, bare] = [offered(rows), bareLoop(rows)];
  if (Math.abs(ours - bare) > 1e-6) throw new Error(`offerWindows says ${ours}, the bare loop ${bare}`);
}
const open = offers.place.reduce((count, place) => count + (place >= 0 ? 1 : 0), 0);
const offerUs = measure(offered);
const bareUs = measure(bareLoop);
console.log(`${cpus()[0]?.model.trim() ?? "unknown processor"}, Node ${process.version}`);
console.log(
  `${ROUTES} routes of ${STOPS} stops over ${DAYS} days, ${offers.place.length} windows, ${open} of them open`,
);
console.log(
  `offerWindows ${offerUs.toFixed(1)} µs, a bare insertion loop ${bareUs.toFixed(1)} µs: ${(offerUs / bareUs).toFixed(2)} times`,
);
