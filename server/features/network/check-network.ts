import { OWN_SHOP } from "#server/domain/channel.ts";
import type { FaultList } from "./import-faults.ts";
import type { KnownNetwork, RosterEntry } from "./known-network.ts";
import type { NetworkTables, RowOf, TableName } from "./network-tables.ts";
import type { CsvContent } from "./read-csv.ts";
import type { NetworkFiles } from "./read-network.ts";

/** Checks what no row shows by itself: references, spans of time, rosters, and what the database no longer lets change. */
export function checkNetwork(files: NetworkFiles, known: KnownNetwork, faults: FaultList): void {
  checkReferences(files, known, faults);
  checkSpans(files, faults);
  checkRegions(files, known, faults);
  checkNodes(files, known, faults);
  checkCarriers(files, faults);
  checkLanes(files, known, faults);
  checkChannels(files, known, faults);
  checkPickupLimits(files, faults);
  checkRoster(files, known, faults);
  checkCalendar(files, known, faults);
}

/** Adds a fault at one field of a row. */
function faultsOf<N extends TableName>(content: CsvContent<NetworkTables[N]>, faults: FaultList) {
  return (line: number, columnName: keyof NetworkTables[N]["columns"] & string, sentence: string) =>
    faults.add({
      file: content.table.file,
      line,
      column: content.columnPlaces.get(columnName) ?? null,
      columnName,
      sentence,
    });
}

function checkReferences(files: NetworkFiles, known: KnownNetwork, faults: FaultList): void {
  const regions = { ids: known.regions, content: files.regions, noun: "region" };
  const nodes = { ids: known.nodes, content: files.nodes, noun: "node" };
  const skus = { ids: known.skus, content: files.skus, noun: "SKU" };
  const vehicles = { ids: known.vehicles, content: files.vehicles, noun: "vehicle" };
  const carriers = { ids: known.carriers, content: files.carriers, noun: "carrier" };
  checkReference(files.nodes, "region_id", regions, faults);
  checkReference(files.node_hours, "node_id", nodes, faults);
  checkReference(files.stock, "node_id", nodes, faults);
  checkReference(files.stock, "sku_id", skus, faults);
  checkReference(files.vehicles, "node_id", nodes, faults);
  checkReference(files.shifts, "vehicle_id", vehicles, faults);
  checkReference(files.windows, "region_id", regions, faults);
  checkReference(files.carrier_services, "carrier_id", carriers, faults);
  checkReference(files.carrier_services, "node_id", nodes, faults);
  checkReference(files.lanes, "from_node_id", nodes, faults);
  checkReference(files.lanes, "to_node_id", nodes, faults);
  checkReference(files.addresses, "region_id", regions, faults);
  checkReference(files.service_areas, "node_id", nodes, faults);
  checkReference(files.channels, "region_id", regions, faults);
  checkReference(files.channel_safety, "node_id", nodes, faults);
  checkReference(files.channel_safety, "sku_id", skus, faults);
  for (const content of [files.calendar_days, files.blackouts, files.cut_offs]) {
    checkReference<CsvContent["table"]>(content, "region_id", regions, faults);
    checkReference<CsvContent["table"]>(content, "node_id", nodes, faults);
  }
}

interface Target {
  readonly ids: { has(id: string): boolean };
  readonly content: CsvContent | undefined;
  readonly noun: string;
}

function checkReference<T extends CsvContent["table"]>(
  content: CsvContent<T> | undefined,
  column: keyof RowOf<T> & string,
  { ids, content: target, noun }: Target,
  faults: FaultList,
): void {
  // A file that could not be read might have named everything.
  if (content === undefined || (target !== undefined && !target.readable)) return;
  for (const { line, value } of content.rows) {
    // Empty where the column may be: then nothing is referred to.
    if (value[column] === null) continue;
    const id = String(value[column]);
    if (ids.has(id) || target?.mentioned.has(id)) continue;
    const where = target === undefined ? "has been imported" : `is in ${target.table.file} or has been imported`;
    faults.add({
      file: content.table.file,
      line,
      column: content.columnPlaces.get(column) ?? null,
      columnName: column,
      sentence: `no ${noun} ${id} ${where}.`,
    });
  }
}

function checkSpans({ node_hours, shifts, windows }: NetworkFiles, faults: FaultList): void {
  for (const { line, value } of node_hours?.rows ?? []) {
    if (value.closes <= value.opens)
      faultsOf<"node_hours">(node_hours!, faults)(line, "closes", `must be later than opens (${value.opens}).`);
  }
  for (const { line, value } of shifts?.rows ?? []) {
    if (value.ends <= value.starts)
      faultsOf<"shifts">(shifts!, faults)(
        line,
        "ends",
        `must be later than starts (${value.starts}); a shift past midnight is two.`,
      );
  }
  for (const { line, value } of windows?.rows ?? []) {
    if (value.ends <= value.starts)
      faultsOf<"windows">(windows!, faults)(line, "ends", `must be later than starts (${value.starts}).`);
  }
}

function checkCarriers({ carrier_services: services }: NetworkFiles, faults: FaultList): void {
  if (services === undefined) return;
  const fault = faultsOf<"carrier_services">(services, faults);
  for (const { line, value } of services.rows) {
    const from = value.delivers_from ?? "08:00";
    const until = value.delivers_until ?? "20:00";
    if (until <= from) fault(line, "delivers_until", `must be later than delivers_from (${from}).`);
    else if (value.transit_days === 0 && value.cut_off >= until)
      fault(line, "cut_off", `must be before delivers_until (${until}) where it is brought on the day it is fetched.`);
  }
}

function checkLanes({ lanes, nodes, regions }: NetworkFiles, known: KnownNetwork, faults: FaultList): void {
  if (lanes === undefined) return;
  const fault = faultsOf<"lanes">(lanes, faults);
  const regionOf = regionsOfNodes({ nodes }, known);
  const zones = new Map([...known.nodes].map(([id, { timeZone }]) => [id, timeZone]));
  const regionZones = new Map([...known.regions].map(([id, { timeZone }]) => [id, timeZone]));
  for (const { value } of regions?.rows ?? []) regionZones.set(value.id, value.time_zone);
  for (const { value } of nodes?.rows ?? []) {
    const zone = value.time_zone ?? zones.get(value.id) ?? regionZones.get(value.region_id);
    if (zone !== undefined) zones.set(value.id, zone);
  }
  for (const { line, value } of lanes.rows) {
    const { from_node_id: fromId, to_node_id: toId } = value;
    const [from, to] = [regionOf.get(fromId), regionOf.get(toId)];
    const before = known.lanes.get(value.id);
    if (fromId === toId) fault(line, "to_node_id", "must be another node than from_node_id.");
    else if (from !== undefined && to !== undefined && from !== to)
      fault(line, "to_node_id", `${toId} belongs to region ${to}, and ${fromId} to ${from}.`);
    else if (before && from !== undefined && to !== undefined && before.fromNodeId !== fromId)
      fault(line, "from_node_id", `${value.id} leaves ${before.fromNodeId}; a lane keeps its nodes.`);
    else if (before && from !== undefined && to !== undefined && before.toNodeId !== toId)
      fault(line, "to_node_id", `${value.id} goes to ${before.toNodeId}; a lane keeps its nodes.`);
    const isOneClock = zones.get(fromId) === zones.get(toId);
    if (isOneClock && (value.arrives_after_days ?? 0) === 0 && value.arrives <= value.departs)
      fault(line, "arrives", `must be later than departs (${value.departs}), or arrives_after_days above 0.`);
  }
}

/** Something is kept back of a level that there is, from a channel of its region. */
function checkChannels(
  { channels, channel_safety, nodes, regions, stock }: NetworkFiles,
  known: KnownNetwork,
  faults: FaultList,
): void {
  for (const { line, value } of channels?.rows ?? []) {
    if (value.id === OWN_SHOP && value.is_active === false)
      faultsOf<"channels">(channels!, faults)(line, "is_active", `must be yes for ${OWN_SHOP}, the own shop.`);
  }
  if (channel_safety === undefined || [channels, stock, nodes, regions].some((file) => file?.readable === false))
    return;
  const fault = faultsOf<"channel_safety">(channel_safety, faults);
  const regionOf = regionsOfNodes({ nodes }, known);
  const channelIds = new Set([
    ...known.channels,
    ...(channels?.rows ?? []).map(({ value }) => `${value.region_id} ${value.id}`),
  ]);
  const levels = new Set([
    ...known.levels,
    ...(stock?.rows ?? []).map(({ value }) => `${value.node_id} ${value.sku_id}`),
  ]);
  for (const { line, value } of channel_safety.rows) {
    const { node_id, sku_id, channel_id } = value;
    const regionId = regionOf.get(node_id);
    if (regionId === undefined) continue;
    if (channel_id !== OWN_SHOP && !channelIds.has(`${regionId} ${channel_id}`))
      fault(line, "channel_id", `no channel ${channel_id} of ${regionId} is in channels.csv or has been imported.`);
    if (!levels.has(`${node_id} ${sku_id}`))
      fault(line, "sku_id", `${node_id} has no stock of ${sku_id}: count it in stock.csv first.`);
  }
}

function regionsOfNodes({ nodes }: Pick<NetworkFiles, "nodes">, known: KnownNetwork): Map<string, string> {
  // A node keeps its region, whatever the file says.
  const named = (nodes?.rows ?? []).map(({ value }) => [value.id, value.region_id] as const);
  return new Map([...named, ...[...known.nodes].map(([id, { regionId }]) => [id, regionId] as const)]);
}

function checkRegions({ regions }: NetworkFiles, known: KnownNetwork, faults: FaultList): void {
  if (regions === undefined) return;
  const fault = faultsOf<"regions">(regions, faults);
  for (const { line, value } of regions.rows) {
    const before = known.regions.get(value.id);
    if (!known.timeZones.has(value.time_zone))
      fault(line, "time_zone", `Postgres knows no time zone ${value.time_zone}.`);
    else if (before?.isOpen && before.timeZone !== value.time_zone)
      fault(line, "time_zone", `${value.id} has open windows in ${before.timeZone}; a region keeps its time zone.`);
    if (before?.isOpen && before.currency !== value.currency)
      fault(
        line,
        "currency",
        `${value.id} has open windows priced in ${before.currency}; a region keeps its currency.`,
      );
  }
}

function checkNodes({ nodes }: NetworkFiles, known: KnownNetwork, faults: FaultList): void {
  if (nodes === undefined) return;
  const fault = faultsOf<"nodes">(nodes, faults);
  for (const { line, value } of nodes.rows) {
    const before = known.nodes.get(value.id);
    if (value.time_zone !== null && !known.timeZones.has(value.time_zone))
      fault(line, "time_zone", `Postgres knows no time zone ${value.time_zone}.`);
    if (before === undefined) continue;
    if (before.isOpen && value.time_zone !== null && value.time_zone !== before.timeZone)
      fault(line, "time_zone", `${value.id} has open hours in ${before.timeZone}; a node keeps its time zone.`);
    if (before.regionId !== value.region_id)
      fault(line, "region_id", `${value.id} belongs to region ${before.regionId}; a node keeps its region.`);
    if (before.hasStops && before.lng !== value.lng)
      fault(line, "lng", `${value.id} has routes that start at ${before.lng}; it cannot move while they are open.`);
    if (before.hasStops && before.lat !== value.lat)
      fault(line, "lat", `${value.id} has routes that start at ${before.lat}; it cannot move while they are open.`);
  }
}

/** What a day, a blackout or a cut-off needs of its fields together; the database refuses the same without a line number. */
function checkCalendar(
  { calendar_days, blackouts, cut_offs, nodes }: NetworkFiles,
  known: KnownNetwork,
  faults: FaultList,
): void {
  const regionOf = regionsOfNodes({ nodes }, known);
  const isElsewhere = ({ region_id, node_id }: { region_id: string; node_id: string | null }) =>
    node_id !== null && regionOf.has(node_id) && regionOf.get(node_id) !== region_id;
  const elsewhere = (nodeId: string | null) => `${nodeId} belongs to region ${regionOf.get(nodeId ?? "")}.`;

  for (const { line, value } of calendar_days?.rows ?? []) {
    const fault = faultsOf<"calendar_days">(calendar_days!, faults);
    if (isElsewhere(value)) fault(line, "node_id", elsewhere(value.node_id));
    if (value.node_id === null && (value.opens !== null || value.work_sec !== null))
      fault(
        line,
        value.opens === null ? "work_sec" : "opens",
        "must be empty for a region: its day is closed, or a usual one.",
      );
    if ((value.opens === null) !== (value.closes === null))
      fault(line, value.opens === null ? "opens" : "closes", "is empty; both hours belong together.");
    else if (value.opens !== null && value.closes! <= value.opens)
      fault(line, "closes", `must be later than opens (${value.opens}).`);
  }
  for (const { line, value } of blackouts?.rows ?? []) {
    const fault = faultsOf<"blackouts">(blackouts!, faults);
    if (isElsewhere(value)) fault(line, "node_id", elsewhere(value.node_id));
    if (value.service === "delivery" && value.node_id !== null)
      fault(line, "node_id", "must be empty for delivery, whose windows are the region's.");
    if (value.service === "parcel" && value.starts !== null)
      fault(line, "starts", "must be empty for parcels, which have a day and no window.");
  }
  for (const { line, value } of cut_offs?.rows ?? []) {
    const fault = faultsOf<"cut_offs">(cut_offs!, faults);
    if (isElsewhere(value)) fault(line, "node_id", elsewhere(value.node_id));
    if (
      value.order_by === null &&
      (value.least_lead_min === null || value.least_lead_min === 0 || (value.lead_days ?? 0) > 0)
    )
      fault(line, "order_by", "is empty; a cut-off is a time, a lead in minutes, or both.");
  }
}

function checkPickupLimits({ windows }: NetworkFiles, faults: FaultList): void {
  if (windows === undefined) return;
  const fault = faultsOf<"windows">(windows, faults);
  for (const { line, value } of windows.rows) {
    if (value.service === "pickup" && value.limit_orders === null)
      fault(line, "limit_orders", "is empty; a pickup window must say how many orders a node hands over.");
    if (value.service === "delivery" && value.limit_orders !== null)
      fault(line, "limit_orders", "must be empty for a delivery window: its limit is what the vans can do.");
  }
}

interface PlannedShift extends RosterEntry {
  /** Null for a shift that the database already has. */
  readonly line: number | null;
}

/** A van and a driver are in one place at a time. */
function checkRoster({ shifts }: NetworkFiles, known: KnownNetwork, faults: FaultList): void {
  if (shifts === undefined) return;
  const fault = faultsOf<"shifts">(shifts, faults);
  const namesDrivers = shifts.columnPlaces.has("driver");
  const driverBefore = new Map(known.roster.map((entry) => [ruleKey(entry), entry.driverEmail]));
  const planned: PlannedShift[] = [];
  for (const { line, value } of shifts.rows) {
    if (value.driver !== null && !known.drivers.has(value.driver)) {
      fault(line, "driver", `nobody of the staff drives as ${value.driver}.`);
    }
    if (value.ends <= value.starts) continue;
    const entry = { vehicleId: value.vehicle_id, weekday: value.weekday, starts: value.starts, ends: value.ends };
    const kept = driverBefore.get(ruleKey(entry)) ?? null;
    planned.push({ ...entry, line, driverEmail: namesDrivers ? value.driver : kept });
  }
  // Naming a vehicle replaces its week, so only the other vehicles' drivers still count.
  const named = new Set(planned.map(({ vehicleId }) => vehicleId));
  const others = known.roster
    .filter(({ vehicleId }) => !named.has(vehicleId))
    .map((entry) => ({ ...entry, line: null }));

  for (const [earlier, later] of overlaps(planned, (shift) => shift.vehicleId)) {
    if (later.line === null) continue;
    fault(
      later.line,
      "starts",
      `${later.vehicleId} is already out from ${earlier.starts} to ${earlier.ends} (line ${earlier.line}).`,
    );
  }
  for (const [a, b] of overlaps([...others, ...planned], (shift) => shift.driverEmail)) {
    const [first, second] = b.line === null ? [b, a] : [a, b];
    if (second.line === null || first.vehicleId === second.vehicleId) continue;
    const where = first.line === null ? "as imported before" : `line ${first.line}`;
    fault(
      second.line,
      "driver",
      `${second.driverEmail} already drives ${first.vehicleId} from ${first.starts} to ${first.ends} (${where}).`,
    );
  }
}

function ruleKey({ vehicleId, weekday, starts }: Pick<RosterEntry, "vehicleId" | "weekday" | "starts">): string {
  return `${vehicleId} ${weekday} ${starts}`;
}

/** Pairs of neighbours in time that overlap on the same weekday for the same subject; a subject of null is nobody. */
function overlaps(
  shifts: readonly PlannedShift[],
  subjectOf: (shift: PlannedShift) => string | null,
): [PlannedShift, PlannedShift][] {
  const groups = Map.groupBy(
    shifts.filter((shift) => subjectOf(shift) !== null),
    (shift) => `${subjectOf(shift)} ${shift.weekday}`,
  );
  const found: [PlannedShift, PlannedShift][] = [];
  for (const group of groups.values()) {
    group.sort((a, b) => (a.starts < b.starts ? -1 : a.starts > b.starts ? 1 : (a.line ?? 0) - (b.line ?? 0)));
    // Against the one that ends last so far: a long shift may overlap more than its neighbour.
    let last = group[0]!;
    for (const shift of group.slice(1)) {
      if (shift.starts < last.ends) found.push([last, shift]);
      if (shift.ends > last.ends) last = shift;
    }
  }
  return found;
}
