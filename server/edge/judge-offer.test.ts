import fc from "fast-check";
import { expect, test } from "vitest";
import type { EdgeSnapshotBody } from "../domain/edge-snapshot.ts";
import type { OfferClaims, OfferPart } from "../domain/offer.ts";
import { alternativesTo, judgeOffer } from "./judge-offer.ts";

const HOUR = 3600;
/** A full hour, so that examples can be followed by eye. */
const T0 = 1_800_000_000;

const offer: OfferClaims = {
  iss: "kept",
  jti: "0b0e7c56-1c1e-4d6a-9a52-0d6a3f0a8a11",
  iat: T0,
  exp: T0 + 600,
  rgn: "DEMO",
  svc: "delivery",
  win: [T0 + 4 * HOUR, T0 + 6 * HOUR],
  prc: 490,
  crt: "cart",
  plc: "1.00000,2.00000",
  pts: [{ nod: "ST-01", pck: 600, by: T0 + 3 * HOUR, wgt: 12_000, vol: 30_000 }],
};
const withPart = (change: Partial<OfferPart>): OfferClaims => ({ ...offer, pts: [{ ...offer.pts[0]!, ...change }] });
const pickup: OfferClaims = { ...offer, svc: "pickup" };

type Node = EdgeSnapshotBody["nodes"][string];
const roomy: Node = {
  paused: false,
  hours: [T0, T0 + HOUR, T0 + 2 * HOUR, T0 + 3 * HOUR],
  freeSec: [0, 300, 300, 9000],
  windows: [{ start: offer.win[0], end: offer.win[1], freeG: 12_000, freeMl: 30_000 }],
  pickups: [{ start: offer.win[0], end: offer.win[1], free: 1 }],
};
const judge = (claims: OfferClaims, node: Partial<Node> = {}, nowSec = T0) =>
  judgeOffer(claims, { builtAt: T0, clockShiftSec: 0, nodes: { "ST-01": { ...roomy, ...node } } }, nowSec);
const gone = (reason: string) => ({ status: "gone", reason });
const ok = { status: "ok" };

test("of a channel with a share it is never ok, and gone where it is for all", () => {
  const judgeLimited = (claims: OfferClaims, limited: string[], node: Partial<Node> = {}) =>
    judgeOffer(claims, { builtAt: T0, clockShiftSec: 0, limited, nodes: { "ST-01": { ...roomy, ...node } } }, T0)
      .status;
  expect(judgeLimited(offer, ["MARKET"])).toBe("ok");
  expect(judgeLimited({ ...offer, chn: "MARKET" }, ["MARKET"])).toBe("unsure");
  expect(judgeLimited({ ...offer, chn: "MARKET" }, ["SHOP"])).toBe("ok");
  expect(judgeLimited(offer, ["SHOP"])).toBe("unsure");
  expect(judgeLimited(offer, ["SHOP"], { paused: true })).toBe("gone");
});

test("an offer is ok while its van, its pickup place and its picking exactly suffice", () => {
  expect(judge(offer)).toEqual(ok);
  expect(judge(pickup)).toEqual(ok);
});

test("a van that takes the weight and another that takes the volume do not make one that takes both", () => {
  const [start, end] = offer.win;
  const light = { start, end, freeG: 11_999, freeMl: 90_000 };
  const small = { start, end, freeG: 90_000, freeMl: 29_999 };
  expect(judge(offer, { windows: [light, small] })).toEqual(gone("vans_full"));
  expect(judge(offer, { windows: [light, small, { start, end, freeG: 12_000, freeMl: 30_000 }] })).toEqual(ok);
});

test("another window's room does not count", () => {
  const [start, end] = offer.win;
  expect(judge(offer, { windows: [{ start, end: end + HOUR, freeG: 90_000, freeMl: 90_000 }] })).toEqual(
    gone("vans_full"),
  );
  expect(judge(pickup, { pickups: [{ start: start - HOUR, end, free: 9 }] })).toEqual(gone("pickup_full"));
  expect(judge(pickup, { pickups: [{ start, end, free: 0 }] })).toEqual(gone("pickup_full"));
});

test("a parcel goes with any run that arrives within its day, is still to leave and takes it", () => {
  const parcel: OfferClaims = { ...offer, svc: "parcel" };
  const [start, end] = offer.win;
  const run = { leaves: T0 + 3 * HOUR, start, end: end - 1, limitG: 12_000, free: 1 };
  const others = [
    { ...run, leaves: T0 },
    { ...run, orderBy: T0 },
    { ...run, end: end + 1 },
    { ...run, start: start - 1 },
    { ...run, limitG: 11_999 },
    { ...run, free: 0 },
  ];
  expect(judge(parcel, { runs: others })).toEqual(gone("carrier_full"));
  expect(judge(parcel, { runs: [...others, run] })).toEqual(ok);
  expect(judge(parcel)).toEqual({ status: "unsure" });
  expect(judge(parcel, { paused: true })).toEqual(gone("node_paused"));
});

test("a window whose cut-off has passed is gone, however much room it has", () => {
  const [start, end] = offer.win;
  const windows = [{ start, end, freeG: 90_000, freeMl: 90_000, orderBy: T0 + 60 }];
  const pickups = [{ start, end, free: 9, orderBy: T0 + 60 }];
  for (const claims of [offer, pickup]) {
    expect(judge(claims, { windows, pickups }, T0 + 59)).toEqual(ok);
    expect(judge(claims, { windows, pickups }, T0 + 60)).toEqual(gone("cut_off_passed"));
  }
});

test("picking counts whole hours that end in time, and of the running hour only what is still to come", () => {
  // 300 + 300 s are free in the two hours before 3:00; the 9000 s of the hour that begins then come too late.
  expect(judge(withPart({ pck: 601 }))).toEqual(gone("picking_full"));
  expect(judge(withPart({ pck: 450 }), {}, T0 + 1.5 * HOUR)).toEqual(ok);
  expect(judge(withPart({ pck: 451 }), {}, T0 + 1.5 * HOUR)).toEqual(gone("picking_full"));
});

test("when no hour is left, the cut-off has passed", () => {
  expect(judge(offer, {}, offer.pts[0]!.by)).toEqual(gone("cut_off_passed"));
  expect(judge(withPart({ pck: 0 }), {}, offer.pts[0]!.by)).toEqual(gone("cut_off_passed"));
  expect(judge(offer, { hours: [], freeSec: [] })).toEqual(gone("cut_off_passed"));
});

test("a paused node says so before anything else, and an unknown node leaves it open", () => {
  expect(judge(offer, { paused: true, windows: [] })).toEqual(gone("node_paused"));
  expect(judge(withPart({ nod: "ST-02" }))).toEqual({ status: "unsure" });
});

test("an offer from two nodes is ok while both can, gone as soon as one cannot, and open while one is unknown", () => {
  const both = { ...offer, pts: [offer.pts[0]!, { ...offer.pts[0]!, nod: "ST-02" }] };
  const judgeBoth = (second?: Partial<Node>) =>
    judgeOffer(
      both,
      {
        builtAt: T0,
        clockShiftSec: 0,
        nodes: { "ST-01": roomy, ...(second && { "ST-02": { ...roomy, ...second } }) },
      },
      T0,
    );
  expect(judgeBoth({})).toEqual(ok);
  expect(judgeBoth({ windows: [] })).toEqual(gone("vans_full"));
  expect(judgeBoth()).toEqual({ status: "unsure" });
  expect(judge({ ...both, pts: both.pts.toReversed() }, { paused: true })).toEqual(gone("node_paused"));
});

test("instead of a window that is gone, the three nearest are named that the same node could pick and drive in time", () => {
  const [start, end] = offer.win;
  const windowAfter = (hours: number, freeG = 12_000) => ({
    start: start + hours * HOUR,
    end: end + hours * HOUR,
    freeG,
    freeMl: 30_000,
  });
  const node: Node = {
    ...roomy,
    windows: [-3, -2, -1, 0, 1, 2, 3, 4].map((hours) =>
      windowAfter(hours, hours === 0 || hours === 2 ? 11_999 : 12_000),
    ),
    hours: [T0 + HOUR, T0 + 2 * HOUR],
    freeSec: [300, 300],
  };
  const snapshot = { builtAt: T0, clockShiftSec: 0, nodes: { "ST-01": node } };
  // An hour earlier only 300 of its 600 s can be picked; two hours later the vans are full.
  expect(alternativesTo(offer, snapshot, T0)).toEqual(
    [1, 3, 4].map((hours) => ({ start: start + hours * HOUR, end: end + hours * HOUR })),
  );
});

test("what is brought to a store needs its picking there, a run that is ready in time, and a place at the counter", () => {
  const [start, end] = offer.win;
  const brought: OfferClaims = {
    ...pickup,
    col: "SHOP",
    pts: [{ ...offer.pts[0]!, lan: T0 + 3 * HOUR + 600, by: T0 + 3 * HOUR }],
  };
  const run = { to: "SHOP", leaves: T0 + 3 * HOUR + 600, ready: start, free: 1 };
  const shop: Node = { ...roomy, hours: [], freeSec: [], pickups: [{ start, end, free: 1 }] };
  const judgeBrought = (sender: Partial<Node>, store: Partial<Node> = {}, nowSec = T0) =>
    judgeOffer(
      brought,
      {
        builtAt: T0,
        clockShiftSec: 0,
        nodes: { "ST-01": { ...roomy, pickups: [], ...sender }, SHOP: { ...shop, ...store } },
      },
      nowSec,
    );
  expect(judgeBrought({ lanes: [run] })).toEqual(ok);
  // A snapshot from before there were lanes knows nothing of them.
  expect(judgeBrought({})).toEqual({ status: "unsure" });
  for (const useless of [
    { free: 0 },
    { to: "ELSEWHERE" },
    { ready: start + 1 },
    { ready: start - 24 * HOUR },
    { leaves: T0 },
  ])
    expect(judgeBrought({ lanes: [{ ...run, ...useless }] })).toEqual(gone("transfer_full"));
  expect(judgeBrought({ lanes: [run], freeSec: [0, 0, 599, 0] })).toEqual(gone("picking_full"));
  expect(judgeBrought({ lanes: [run] }, { pickups: [{ start, end, free: 0 }] })).toEqual(gone("pickup_full"));
  expect(judgeBrought({ lanes: [run] }, { paused: true })).toEqual(gone("node_paused"));
});

test("instead of a window that is gone, those are named for which another run is ready", () => {
  const [start, end] = offer.win;
  const brought: OfferClaims = { ...pickup, col: "SHOP", pts: [{ ...offer.pts[0]!, lan: T0 + 3 * HOUR + 600 }] };
  const window = (hours: number) => ({ start: start + hours * HOUR, end: end + hours * HOUR });
  const runs = [0, 3].map((hours) => ({
    to: "SHOP",
    leaves: T0 + (3 + hours) * HOUR + 600,
    ready: start + hours * HOUR,
    free: hours === 0 ? 0 : 1,
  }));
  const snapshot = {
    builtAt: T0,
    clockShiftSec: 0,
    nodes: {
      "ST-01": { ...roomy, pickups: [], lanes: runs },
      SHOP: { ...roomy, pickups: [0, 1, 3, 4].map((hours) => ({ ...window(hours), free: 1 })) },
    },
  };
  expect(alternativesTo(brought, snapshot, T0)).toEqual([window(3), window(4)]);
});

// ------------------------------------------------------------------------------------------------------ in general

const hourFree = fc.integer({ min: 0, max: 4000 });
const someNode: fc.Arbitrary<Node> = fc
  .record({
    paused: fc.boolean(),
    free: fc.array(hourFree, { maxLength: 6 }),
    windows: fc.array(fc.record({ at: fc.nat(3), freeG: fc.nat(20_000), freeMl: fc.nat(40_000) }), { maxLength: 6 }),
    pickups: fc.array(fc.record({ at: fc.nat(3), free: fc.nat(2) }), { maxLength: 4 }),
  })
  .map(({ paused, free, windows, pickups }) => ({
    paused,
    hours: free.map((_, hour) => T0 + hour * HOUR),
    freeSec: free,
    windows: windows.map(({ at, ...room }) => ({ ...windowAt(at), ...room })),
    pickups: pickups.map(({ at, free }) => ({ ...windowAt(at), free })),
  }));
const someOffer: fc.Arbitrary<OfferClaims> = fc
  .record({
    svc: fc.constantFrom("delivery" as const, "pickup" as const),
    at: fc.nat(3),
    pck: fc.nat(9000),
    by: fc.integer({ min: T0, max: T0 + 7 * HOUR }),
    wgt: fc.nat(20_000),
    vol: fc.nat(40_000),
  })
  .map(({ at, svc, ...part }) => ({
    ...offer,
    svc,
    pts: [{ nod: "ST-01", ...part }],
    win: [windowAt(at).start, windowAt(at).end],
  }));
const someTime = fc.integer({ min: T0 - HOUR, max: T0 + 7 * HOUR });

function windowAt(at: number): { start: number; end: number } {
  return { start: T0 + (4 + at) * HOUR, end: T0 + (6 + at) * HOUR };
}

/** Would the hold take it? Hands out the free work second by second and asks each van in turn; shares no code with the judge. */
function holdWouldTake(claims: OfferClaims, node: Node, nowSec: number): boolean {
  const part = claims.pts[0]!;
  if (node.paused || nowSec >= part.by) return false;
  let picked = 0;
  for (const [i, start] of node.hours.entries()) {
    if (start + HOUR > part.by) break;
    let secondsLeft = 0;
    for (let second = start; second < start + HOUR; second++) if (second >= nowSec) secondsLeft++;
    // The free work lies evenly over its hour: unit k of n is there while its share of the hour has not passed.
    for (let unit = 1; unit <= node.freeSec[i]!; unit++) if (unit * HOUR <= node.freeSec[i]! * secondsLeft) picked++;
  }
  if (picked < part.pck) return false;
  const places = claims.svc === "pickup" ? node.pickups : node.windows;
  for (const place of places) {
    if (place.start !== claims.win[0] || place.end !== claims.win[1]) continue;
    if ("free" in place ? place.free >= 1 : place.freeG - part.wgt >= 0 && place.freeMl - part.vol >= 0) return true;
  }
  return false;
}

test("judgeOffer says ok exactly where a patient clerk would find a picker and a place", () => {
  fc.assert(
    fc.property(someOffer, someNode, someTime, (claims, node, nowSec) => {
      expect(judge(claims, node, nowSec).status).toBe(holdWouldTake(claims, node, nowSec) ? "ok" : "gone");
    }),
    { numRuns: 300 },
  );
});

test("time alone never brings an offer back, and more room never takes one away", () => {
  fc.assert(
    fc.property(someOffer, someNode, someTime, fc.nat(2 * HOUR), fc.nat(5000), (claims, node, nowSec, later, more) => {
      if (judge(claims, node, nowSec).status === "gone")
        expect(judge(claims, node, nowSec + later).status).toBe("gone");
      const roomier: Node = {
        ...node,
        freeSec: node.freeSec.map((free) => free + more),
        windows: node.windows.map((w) => ({ ...w, freeG: w.freeG + more, freeMl: w.freeMl + more })),
        pickups: node.pickups.map((p) => ({ ...p, free: p.free + more })),
      };
      if (judge(claims, node, nowSec).status === "ok") expect(judge(claims, roomier, nowSec)).toEqual(ok);
    }),
    { numRuns: 1000 },
  );
});
