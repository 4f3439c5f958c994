import { type Instance, InstanceError } from "./instance.ts";
import { legOf, type NumberLine, numberLineOf, wholeOf } from "./number-lines.ts";

/** One decimal of the file's unit, as the DIMACS challenge (2021) counts distances and times of these instances. */
const TENTHS = 10;

const COLUMNS = ["number", "x", "y", "demand", "ready time", "due date", "service time"] as const;

export function looksLikeSolomon(text: string): boolean {
  return /^\s*VEHICLE\s*$/im.test(text) && /^\s*CUSTOMER\s*$/im.test(text);
}

/**
 * The text format of Solomon's (1987) and of Gehring and Homberger's (1999) instances. Times in tenths; travel is the
 * Euclidean distance in tenths, each leg truncated. Throws {@link InstanceError}.
 */
export function parseSolomon(text: string, file: string): Instance {
  const { vehicles, customers } = numbersOf(text, file);
  const [vehicleCount, capacity] = vehicles.values;
  if (vehicleCount === undefined || capacity === undefined || vehicles.values.length > 2)
    throw new InstanceError(file, vehicles.line, "the number of vehicles and their capacity must stand here");

  const count = customers.length;
  for (const [node, { line, values }] of customers.entries()) {
    if (values.length !== COLUMNS.length)
      throw new InstanceError(file, line, `a customer has ${COLUMNS.join(", ")}; here are ${values.length} numbers`);
    if (values[0] !== node) throw new InstanceError(file, line, `customer ${values[0]} stands where ${node} must`);
    if (values[4]! > values[5]!)
      throw new InstanceError(file, line, `the due date ${values[5]} is before the ready time ${values[4]}`);
  }
  const column = (at: number, unit: number) =>
    Int32Array.from(customers, ({ line, values }) => wholeOf(Math.trunc(values[at]! * unit), COLUMNS[at]!, file, line));
  const travel = new Int32Array(count * count);
  for (const [i, { line, values: from }] of customers.entries())
    for (const [j, { values: to }] of customers.entries())
      travel[i * count + j] = legOf(Math.trunc(TENTHS * Math.hypot(from[1]! - to[1]!, from[2]! - to[2]!)), file, line);
  return {
    depot: 0,
    vehicleCount: wholeOf(vehicleCount, "the number of vehicles", file, vehicles.line),
    capacity: wholeOf(capacity, "the capacity", file, vehicles.line),
    travel,
    demand: column(3, 1),
    ready: column(4, TENTHS),
    due: column(5, TENTHS),
    service: column(6, TENTHS),
  };
}

/**
 * What counts are the numbers below VEHICLE and those below CUSTOMER, each after a line of column headings or several. Above
 * them stands a name; whatever else there is would make it another problem, and is refused.
 */
function numbersOf(text: string, file: string): { vehicles: NumberLine; customers: readonly NumberLine[] } {
  const below: Record<"VEHICLE" | "CUSTOMER", NumberLine[]> = { VEHICLE: [], CUSTOMER: [] };
  let section: NumberLine[] | undefined;
  let hasName = false;
  const lines = text.split(/\r\n|\n|\r/);
  for (const [i, raw] of lines.entries()) {
    const words = raw.trim();
    const heading = words.toUpperCase();
    if (heading === "VEHICLE" || heading === "CUSTOMER") section = below[heading];
    else if (words === "") continue;
    else if (section === undefined) {
      if (hasName) throw new InstanceError(file, i + 1, `"${words}" is not read: only a name stands above VEHICLE`);
      hasName = true;
    } else if (section.length > 0 || /^[-+.\d]/.test(words)) section.push(numberLineOf(words, file, i + 1));
  }
  const [vehicles, another] = below.VEHICLE;
  if (another) throw new InstanceError(file, another.line, "vehicles of another kind stand here; one kind is read");
  if (vehicles === undefined) throw new InstanceError(file, lines.length, "no numbers stand below VEHICLE");
  if (below.CUSTOMER.length === 0) throw new InstanceError(file, lines.length, "no customers stand below CUSTOMER");
  return { vehicles, customers: below.CUSTOMER };
}
