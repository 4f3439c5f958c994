import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { checkPlan } from "#server/core/routing/check-plan.ts";
import { validateProblem } from "#server/core/routing/validate-problem.ts";
import { type Instance, InstanceError, toProblem } from "./instance.ts";
import { findInstances, parseInstance, readInstance } from "./read-instance.ts";
import { writeVrplib } from "./vrplib-text.ts";

const SOLOMON = `C104

VEHICLE
NUMBER     CAPACITY
  25         200

CUSTOMER
CUST NO.   XCOORD.  YCOORD.    DEMAND    READY TIME  DUE DATE  SERVICE   TIME
 
    0      40         50          0          0       1236          0   
    1      45         68         10          5       1127         90   
    2      41         49         30        727        782         20   
`;

const VRPLIB = `NAME : tiny
COMMENT : three customers
TYPE : VRPTW
DIMENSION : 4
VEHICLES : 2
CAPACITY : 10
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : FULL_MATRIX
EDGE_WEIGHT_SECTION
0 11 12 13
21 0 22 23
31 32 0 33
41 42 43 0
DEMAND_SECTION
1 4
2 5
3 0
4 6
DEPOT_SECTION
3
-1
SERVICE_TIME_SECTION
1 60
2 61
3 0
4 63
TIME_WINDOW_SECTION
1 100 200
2 0 300
3 50 900
4 7 7
EOF
`;

const dir = mkdtempSync(join(tmpdir(), "kept-instances-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("Solomon's text becomes a problem in tenths, each distance truncated, windows closed after their due date", () => {
  const problem = toProblem(parseInstance(SOLOMON, "C104.txt"));
  validateProblem(problem);
  expect(problem.vehicles).toHaveLength(25);
  expect(problem.vehicles[24]).toMatchObject({ startPlace: 0, endPlace: 0, startSec: 0, endSec: 12_360, metreCost: 1 });
  expect(problem.vehicles[0]!.capacity).toEqual([200]);
  // √(5² + 18²) = 18.68…, √(1² + 1²) = 1.41…, √(4² + 19²) = 19.41…
  expect([...problem.travel.durationSec[0]!]).toEqual([0, 186, 14, 186, 0, 194, 14, 194, 0]);
  expect(problem.travel.distanceM[0]).toBe(problem.travel.durationSec[0]);
  const { visits } = problem;
  expect([...visits.place]).toEqual([1, 2]);
  expect([...visits.delivery]).toEqual([10, 30]);
  expect([...visits.windowStartSec]).toEqual([50, 7270]);
  expect([...visits.windowEndSec]).toEqual([11_271, 7821]);
  expect([...visits.serviceSec]).toEqual([900, 200]);
  // Out 18.6, on 19.4 and back 1.4 in tenths; nothing else costs.
  expect(checkPlan(problem, { routes: [[0, 1], ...Array(24).fill([])], leftOut: [] })).toMatchObject({
    flaws: [],
    cost: { total: 186 + 194 + 14 },
  });
});

test("VRPLIB's explicit matrix is taken as given, wherever its depot stands", () => {
  const problem = toProblem(parseInstance(VRPLIB, "tiny.vrp"));
  validateProblem(problem);
  expect(problem.vehicles).toHaveLength(2);
  expect(problem.vehicles[0]).toMatchObject({ startPlace: 2, endPlace: 2, startSec: 50, endSec: 900, capacity: [10] });
  const { visits, travel } = problem;
  expect([...visits.place]).toEqual([0, 1, 3]);
  expect([...visits.delivery]).toEqual([4, 5, 6]);
  expect([...visits.serviceSec]).toEqual([60, 61, 63]);
  expect([...visits.windowStartSec]).toEqual([100, 0, 7]);
  expect([...visits.windowEndSec]).toEqual([201, 301, 8]);
  expect([...travel.durationSec[0]!]).toEqual([0, 11, 12, 13, 21, 0, 22, 23, 31, 32, 0, 33, 41, 42, 43, 0]);
});

test("spacing, tabs, colons, line ends and wrapped matrix rows change nothing", () => {
  const expected = parseInstance(VRPLIB, "tiny.vrp");
  const asWritten = [
    VRPLIB.replaceAll("\n", "\r\n"),
    VRPLIB.replaceAll(" : ", ":\t"),
    VRPLIB.replaceAll(" : ", ": "),
    VRPLIB.replaceAll(" : ", "\t"),
    VRPLIB.replaceAll(/^(\d)/gm, "   $1").replaceAll(/(\d) (?=\d)/g, "$1\t\t "),
    VRPLIB.replaceAll("_SECTION\n", "_SECTION :\n\n"),
    VRPLIB.replace("0 11 12 13\n21 0 22 23\n", "0\n11 12\n13 21 0\n22 23 "),
    VRPLIB.replace("EOF\n", ""),
    VRPLIB.replace("COMMENT", "COMMENT : another\nCOMMENT").replace("3\n-1\n", "3 -1\n"),
    VRPLIB.replace("DEPOT_SECTION", "NODE_COORD_SECTION\n1 0.5 0.5\nDEPOT_SECTION"),
  ];
  for (const text of asWritten) expect(parseInstance(text, "tiny.vrp")).toEqual(expected);
  expect(parseInstance(SOLOMON.replaceAll("\n", "\r\n"), "C104.txt")).toEqual(parseInstance(SOLOMON, "C104.txt"));
});

test("VRPLIB's EUC_2D rounds to the nearest, and what it does not name is free", () => {
  const problem = toProblem(
    parseInstance(
      `DIMENSION : 3\nCAPACITY : 9\nEDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION\n1 0 0\n2 1.5 0\n3 1 -1\nDEMAND_SECTION\n1 0\n2 1\n3 1\nDEPOT_SECTION\n1\n-1\nEOF`,
      "plane.vrp",
    ),
  );
  validateProblem(problem);
  // 1.5 → 2; √2 = 1.41 → 1; √(0.25 + 1) = 1.12 → 1.
  expect([...problem.travel.durationSec[0]!]).toEqual([0, 2, 1, 2, 0, 1, 1, 1, 0]);
  expect(problem.vehicles).toHaveLength(2);
  expect(checkPlan(problem, { routes: [[0, 1], []], leftOut: [] })).toMatchObject({ flaws: [], cost: { total: 4 } });
});

test.each<[string, string, string]>([
  ["something else", "hello\n", "bad.txt: this is neither Solomon's text"],
  ["a customer's lost column", SOLOMON.replace("5       1127", "1127"), "bad.txt:11: a customer has number, x, y,"],
  ["a lost customer", SOLOMON.replace(/ +1 .*\n/, ""), "bad.txt:11: customer 2 stands where 1 must."],
  ["a letter among numbers", SOLOMON.replace(" 41 ", " x41 "), 'bad.txt:12: "x41" is not a number.'],
  ["a letter before numbers", SOLOMON.replace(" 2   ", " o2   "), 'bad.txt:12: "o2" is not a number.'],
  ["a negative demand", SOLOMON.replace(" 30 ", " -30 "), "bad.txt:12: demand is -30, not a whole number"],
  ["a due date before its ready time", SOLOMON.replace("782", "726"), "bad.txt:12: the due date 726 is before"],
  ["no vehicles", SOLOMON.replace("  25         200", ""), "bad.txt:13: no numbers stand below VEHICLE."],
  ["no capacity", SOLOMON.replace("  25         200", "25"), "bad.txt:5: the number of vehicles and their capacity"],
  [
    "customers that are too far apart",
    SOLOMON.replace("45  ", "1e300"),
    "bad.txt:10: from here to another node it is 1",
  ],
  ["a line above that is no name", SOLOMON.replace("\n\n", "\nSPEED 2\n\n"), 'bad.txt:2: "SPEED 2" is not read'],
  [
    "a second kind of vehicles",
    SOLOMON.replace("200\n", "200\n   5         300\n"),
    "bad.txt:6: vehicles of another kind stand here; one kind is read.",
  ],
  ["a part between the two", SOLOMON.replace("CUSTOMER", "PICKUP\n\nCUSTOMER"), 'bad.txt:7: "PICKUP" is not a number.'],
  ["no customers", SOLOMON.slice(0, SOLOMON.indexOf("    0")), "bad.txt:10: no customers stand below CUSTOMER."],

  ["a short matrix", VRPLIB.replace("41 42 43 0", "41 42 43"), "bad.txt:13: the matrix ends after 15 numbers"],
  [
    "a long matrix",
    VRPLIB.replace("41 42 43 0", "41 42 43 0 9"),
    "bad.txt:13: the matrix has more than 4 × 4 numbers.",
  ],
  ["half a second", VRPLIB.replace("31 32", "31 32.5"), "bad.txt:12: an edge weight is 32.5, not a whole number"],
  ["half a matrix", VRPLIB.replace("FULL_MATRIX", "LOWER_ROW"), "bad.txt:8: EDGE_WEIGHT_FORMAT is LOWER_ROW;"],
  ["another metric", VRPLIB.replace("EXPLICIT", "GEO"), "bad.txt:7: EDGE_WEIGHT_TYPE is GEO;"],
  ["no capacity", VRPLIB.replace("CAPACITY : 10\n", ""), "bad.txt:32: CAPACITY is missing."],
  [
    "an empty capacity",
    VRPLIB.replace("CAPACITY : 10", "CAPACITY :"),
    "bad.txt:6: CAPACITY is NaN, not a whole number",
  ],
  ["a node without demand", VRPLIB.replace("4 6\n", ""), "bad.txt:17: DEMAND_SECTION ends without node 4."],
  ["a node twice", VRPLIB.replace("4 6\n", "2 6\n"), "bad.txt:18: node 2 has its DEMAND_SECTION already."],
  ["a node too many", VRPLIB.replace("4 6\n", "4 6\n5 6\n"), "bad.txt:19: node 5 is none of 1 … 4."],
  [
    "half a window",
    VRPLIB.replace("2 0 300", "2 300"),
    "bad.txt:29: TIME_WINDOW_SECTION has node, ready time, due time",
  ],
  ["an end before its beginning", VRPLIB.replace("4 7 7", "4 7 6"), "bad.txt:31: the due time 6 of node 4 is before"],
  ["two depots", VRPLIB.replace("3\n-1", "3\n4\n-1"), "bad.txt:19: 2 depots are named where one is read."],
  ["a depot that is no node", VRPLIB.replace("3\n-1", "5\n-1"), "bad.txt:19: depot 5 is none of the nodes 1 … 4."],
  ["a section twice", VRPLIB.replace("EOF", "DEPOT_SECTION"), "bad.txt:32: DEPOT_SECTION stands here again."],
  ["a limit of another problem", VRPLIB.replace("COMMENT", "DISTANCE"), "bad.txt:2: DISTANCE is not read."],
  ["a part of another problem", VRPLIB.replace("EOF", "BACKHAUL_SECTION"), "bad.txt:32: BACKHAUL_SECTION is not read."],
  ["a field of another problem", VRPLIB.replace("COMMENT", "PRICE"), "bad.txt:2: PRICE is not read."],
  ["a letter in a section", VRPLIB.replace("4 6\n", "x4 6\n"), "bad.txt:18: X4 is not read."],
  [
    "nodes that are too far apart",
    `DIMENSION : 2\nCAPACITY : 9\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 1e300 0
DEMAND_SECTION\n1 0\n2 1\nDEPOT_SECTION\n1\n-1\nEOF`,
    "bad.txt:5: from here to another node it is 1e+300, more than",
  ],
  ["numbers before any section", `1 2 3\n${VRPLIB}`, "bad.txt:1: numbers stand here before any section has begun."],
])("%s is refused with file and line", (_, text, sentence) => {
  expect(() => parseInstance(text, "bad.txt")).toThrow(InstanceError);
  expect(() => parseInstance(text, "bad.txt")).toThrow(sentence);
});

test("what is written is read back the same", () => {
  const whole = fc.integer({ min: 0, max: 100_000 });
  const instance: fc.Arbitrary<Instance> = fc.integer({ min: 1, max: 8 }).chain((count) => {
    const column = fc.array(whole, { minLength: count, maxLength: count }).map((list) => Int32Array.from(list));
    const square = { minLength: count * count, maxLength: count * count };
    return fc
      .record({
        depot: fc.nat({ max: count - 1 }),
        vehicleCount: whole,
        capacity: whole,
        travel: fc.array(whole, square).map((list) => Int32Array.from(list)),
        demand: column,
        service: column,
        ready: column,
        due: column,
      })
      .map((made) => ({ ...made, due: made.due.map((due, node) => due + made.ready[node]!) }));
  });
  fc.assert(
    fc.property(instance, (made) => {
      expect(parseInstance(writeVrplib("made", "by chance", made), "made.vrp")).toEqual(made);
    }),
  );
});

test("a folder stands for the instances in it, and nothing else in it matters", () => {
  const folder = join(dir, "mixed");
  mkdirSync(join(folder, "inner.txt"), { recursive: true });
  writeFileSync(join(folder, "tiny.vrp"), VRPLIB);
  writeFileSync(join(folder, "C104.txt"), SOLOMON);
  writeFileSync(join(folder, "readme.txt"), "Where these are from.\n");
  writeFileSync(join(folder, "best-known.json"), "{}");
  expect(findInstances([folder, join(folder, "readme.txt")])).toEqual(
    ["C104.txt", "tiny.vrp", "readme.txt"].map((name) => join(folder, name)),
  );
  expect(readInstance(join(folder, "tiny.vrp"))).toEqual(parseInstance(VRPLIB, ""));
  expect(() => findInstances([join(folder, "inner.txt")])).toThrow("no instance lies in this folder.");
  expect(() => findInstances([join(folder, "gone")])).toThrow("gone: there is no such file or folder.");
});
