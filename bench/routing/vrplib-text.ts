import { type Instance, InstanceError } from "./instance.ts";
import { legOf, type NumberLine, numberLineOf, wholeOf } from "./number-lines.ts";

/** No window or depot of an instance without times closes sooner; two of them still fit 32 bits. */
const EVER = 1_000_000_000;

interface Specification {
  readonly line: number;
  readonly value: string;
}

interface VrplibText {
  readonly file: string;
  readonly specifications: ReadonlyMap<string, Specification>;
  readonly sections: ReadonlyMap<string, { readonly line: number; readonly rows: readonly NumberLine[] }>;
  readonly lastLine: number;
}

/** Whatever else a file has would make it another problem, and is refused. */
const READ_SECTIONS = [
  "EDGE_WEIGHT_SECTION",
  "DEMAND_SECTION",
  "DEPOT_SECTION",
  "SERVICE_TIME_SECTION",
  "TIME_WINDOW_SECTION",
  "NODE_COORD_SECTION",
  "DISPLAY_DATA_SECTION",
];
const READ_SPECIFICATIONS = [
  "DIMENSION",
  "VEHICLES",
  "CAPACITY",
  "SERVICE_TIME",
  "EDGE_WEIGHT_TYPE",
  "EDGE_WEIGHT_FORMAT",
  // Say nothing that counts.
  "NAME",
  "COMMENT",
  "TYPE",
  "NODE_COORD_TYPE",
  "DISPLAY_DATA_TYPE",
];

export function looksLikeVrplib(text: string): boolean {
  return /^\s*DIMENSION\b/im.test(text) && /^\s*EDGE_WEIGHT_TYPE\b/im.test(text);
}

/**
 * VRPLIB's text format: travel as EDGE_WEIGHT_TYPE EXPLICIT in a FULL_MATRIX, which may be asymmetric, or EUC_2D rounded
 * to the nearest whole; numbers as given, due times inclusive. As many vehicles as customers when none are named.
 * Throws {@link InstanceError}.
 */
export function parseVrplib(text: string, file: string): Instance {
  const vrplib = splitVrplib(text, file);
  const count = wholeSpecification(vrplib, "DIMENSION", 1);
  const vehicles = vrplib.specifications.has("VEHICLES") ? wholeSpecification(vrplib, "VEHICLES", 0) : count - 1;
  const service = vrplib.specifications.has("SERVICE_TIME") ? wholeSpecification(vrplib, "SERVICE_TIME", 0) : 0;
  const windows = nodeRows(vrplib, "TIME_WINDOW_SECTION", count, ["ready time", "due time"]);
  for (const [node, { line, values }] of windows?.entries() ?? [])
    if (values[0]! > values[1]!)
      throw new InstanceError(
        file,
        line,
        `the due time ${values[1]} of node ${node + 1} is before its ready time ${values[0]}`,
      );
  return {
    depot: depotOf(vrplib, count),
    vehicleCount: vehicles,
    capacity: wholeSpecification(vrplib, "CAPACITY", 0),
    travel: travelOf(vrplib, count),
    demand: columnOf(nodeRows(vrplib, "DEMAND_SECTION", count, ["demand"]), 0, count, 0),
    service: columnOf(nodeRows(vrplib, "SERVICE_TIME_SECTION", count, ["service time"]), 0, count, service),
    ready: columnOf(windows, 0, count, 0),
    due: columnOf(windows, 1, count, EVER),
  };
}

/** As `parseVrplib` reads it back, with an explicit matrix. */
export function writeVrplib(name: string, comment: string, instance: Instance): string {
  const count = instance.demand.length;
  const nodes = Array.from({ length: count }, (_, node) => node);
  const column = (...arrays: Int32Array[]) =>
    nodes.map((node) => [node + 1, ...arrays.map((array) => array[node]!)].join("\t"));
  return [
    `NAME : ${name}`,
    `COMMENT : ${comment}`,
    "TYPE : VRPTW",
    `DIMENSION : ${count}`,
    `VEHICLES : ${instance.vehicleCount}`,
    `CAPACITY : ${instance.capacity}`,
    "EDGE_WEIGHT_TYPE : EXPLICIT",
    "EDGE_WEIGHT_FORMAT : FULL_MATRIX",
    "EDGE_WEIGHT_SECTION",
    ...nodes.map((node) => instance.travel.subarray(node * count, (node + 1) * count).join("\t")),
    "DEMAND_SECTION",
    ...column(instance.demand),
    "DEPOT_SECTION",
    instance.depot + 1,
    -1,
    "SERVICE_TIME_SECTION",
    ...column(instance.service),
    "TIME_WINDOW_SECTION",
    ...column(instance.ready, instance.due),
    "EOF",
    "",
  ].join("\n");
}

function splitVrplib(text: string, file: string): VrplibText {
  const specifications = new Map<string, Specification>();
  const sections = new Map<string, { line: number; rows: NumberLine[] }>();
  let rows: NumberLine[] | undefined;
  const lines = text.split(/\r\n|\n|\r/);
  for (const [i, raw] of lines.entries()) {
    const line = i + 1;
    const content = raw.trim();
    if (content === "") continue;
    if (/^EOF\b/i.test(content)) break;
    const [, keyword = "", rest = ""] = /^([a-z]\w*)\s*[:=]?\s*(.*)$/i.exec(content) ?? [];
    const key = keyword.toUpperCase();
    if (key === "") {
      if (rows === undefined) throw new InstanceError(file, line, "numbers stand here before any section has begun");
      rows.push(numberLineOf(content, file, line));
      continue;
    }
    if (key !== "COMMENT" && (sections.has(key) || specifications.has(key)))
      throw new InstanceError(file, line, `${key} stands here again`);
    if (!READ_SECTIONS.includes(key) && !READ_SPECIFICATIONS.includes(key))
      throw new InstanceError(file, line, `${key} is not read`);
    if (!key.endsWith("_SECTION")) {
      specifications.set(key, { line, value: rest });
      rows = undefined;
      continue;
    }
    rows = rest === "" ? [] : [numberLineOf(rest, file, line)];
    sections.set(key, { line, rows });
  }
  return { file, specifications, sections, lastLine: lines.length };
}

function specificationOf({ file, specifications, lastLine }: VrplibText, key: string): Specification {
  const specification = specifications.get(key);
  if (specification === undefined) throw new InstanceError(file, lastLine, `${key} is missing`);
  return specification;
}

function wholeSpecification(vrplib: VrplibText, key: string, least: number): number {
  const { line, value } = specificationOf(vrplib, key);
  return wholeOf(value === "" ? Number.NaN : Number(value), key, vrplib.file, line, least);
}

function sectionOf({ file, sections, lastLine }: VrplibText, key: string) {
  const section = sections.get(key);
  if (section === undefined) throw new InstanceError(file, lastLine, `${key} is missing`);
  return section;
}

function depotOf(vrplib: VrplibText, count: number): number {
  const { line, rows } = sectionOf(vrplib, "DEPOT_SECTION");
  const numbers = rows.flatMap((row) => row.values);
  const depots = numbers.slice(0, numbers.includes(-1) ? numbers.indexOf(-1) : numbers.length);
  const [depot] = depots;
  if (depot === undefined || depots.length > 1)
    throw new InstanceError(vrplib.file, line, `${depots.length} depots are named where one is read`);
  if (!Number.isInteger(depot) || depot < 1 || depot > count)
    throw new InstanceError(vrplib.file, line, `depot ${depot} is none of the nodes 1 … ${count}`);
  return depot - 1;
}

function travelOf(vrplib: VrplibText, count: number): Int32Array {
  const { file } = vrplib;
  const type = specificationOf(vrplib, "EDGE_WEIGHT_TYPE");
  if (type.value.toUpperCase() === "EUC_2D") return roundedDistances(vrplib, count);
  if (type.value.toUpperCase() !== "EXPLICIT")
    throw new InstanceError(file, type.line, `EDGE_WEIGHT_TYPE is ${type.value}; EXPLICIT and EUC_2D are read`);
  const format = specificationOf(vrplib, "EDGE_WEIGHT_FORMAT");
  if (format.value.toUpperCase() !== "FULL_MATRIX")
    throw new InstanceError(file, format.line, `EDGE_WEIGHT_FORMAT is ${format.value}; FULL_MATRIX is read`);

  // A row of the matrix may go over several lines of the file, and a line may hold several rows.
  const section = sectionOf(vrplib, "EDGE_WEIGHT_SECTION");
  const travel = new Int32Array(count * count);
  let filled = 0;
  for (const { line, values } of section.rows) {
    for (const value of values) {
      if (filled === travel.length)
        throw new InstanceError(file, line, `the matrix has more than ${count} × ${count} numbers`);
      travel[filled++] = wholeOf(value, "an edge weight", file, line);
    }
  }
  if (filled < travel.length)
    throw new InstanceError(
      file,
      section.rows.at(-1)?.line ?? section.line,
      `the matrix ends after ${filled} numbers, ${count} × ${count} are ${travel.length}`,
    );
  return travel;
}

/** To the nearest whole number, as TSPLIB (Reinelt 1995), on which VRPLIB stands, defines EUC_2D. */
function roundedDistances(vrplib: VrplibText, count: number): Int32Array {
  const nodes = nodeRows(vrplib, "NODE_COORD_SECTION", count, ["x", "y"], "any number");
  if (nodes === undefined) throw new InstanceError(vrplib.file, vrplib.lastLine, "NODE_COORD_SECTION is missing");
  const travel = new Int32Array(count * count);
  for (const [i, { line, values: from }] of nodes.entries())
    for (const [j, { values: to }] of nodes.entries())
      travel[i * count + j] = legOf(
        Math.floor(Math.hypot(from[0]! - to[0]!, from[1]! - to[1]!) + 0.5),
        vrplib.file,
        line,
      );
  return travel;
}

/** The values of each node in order of the nodes, without their numbers; undefined when there is no such section. */
function nodeRows(
  { file, sections }: VrplibText,
  key: string,
  count: number,
  columns: readonly string[],
  kind: "whole" | "any number" = "whole",
): NumberLine[] | undefined {
  const section = sections.get(key);
  if (section === undefined) return undefined;
  const rows = new Array<NumberLine | undefined>(count);
  for (const { line, values } of section.rows) {
    const [node = Number.NaN, ...rest] = values;
    if (rest.length !== columns.length)
      throw new InstanceError(
        file,
        line,
        `${key} has node, ${columns.join(", ")} on a line; here are ${values.length} numbers`,
      );
    if (!Number.isInteger(node) || node < 1 || node > count)
      throw new InstanceError(file, line, `node ${node} is none of 1 … ${count}`);
    if (rows[node - 1] !== undefined) throw new InstanceError(file, line, `node ${node} has its ${key} already`);
    if (kind === "whole") for (const [c, value] of rest.entries()) wholeOf(value, `the ${columns[c]}`, file, line);
    rows[node - 1] = { line, values: rest };
  }
  return Array.from(rows, (row, node) => {
    if (row) return row;
    throw new InstanceError(file, section.rows.at(-1)?.line ?? section.line, `${key} ends without node ${node + 1}`);
  });
}

function columnOf(rows: readonly NumberLine[] | undefined, at: number, count: number, otherwise: number): Int32Array {
  return rows ? Int32Array.from(rows, ({ values }) => values[at]!) : new Int32Array(count).fill(otherwise);
}
