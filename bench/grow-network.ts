import type { Database } from "#server/db/database.ts";
import type { NetworkRow } from "#server/features/network/network-tables.ts";
import type { NetworkRows } from "#server/features/network/write-csv.ts";

/**
 * The network with copies of its nodes a few streets on, each with its hours, until there are `nodeCount`, and
 * with as many vans, dealt out among the nodes and rostered like those that were there. A door has the same choices, only
 * more of them. With fewer nodes than there were, those that have vans stay first. The copies' stock is not among the rows: see
 * `copyStock`.
 */
export function growNetwork(all: NetworkRows, nodeCount: number, vanCount: number): NetworkRows {
  const rows = firstNodes(all, nodeCount);
  const copies = Array.from({ length: Math.max(0, nodeCount - rows.nodes.length) }, (_, i) => {
    const round = 1 + Math.floor(i / rows.nodes.length);
    return { of: rows.nodes[i % rows.nodes.length]!, suffix: `-C${round}`, round };
  });
  const nodes = [
    ...rows.nodes,
    ...copies.map(({ of, suffix, round }) => ({
      ...of,
      id: `${of.id}${suffix}`,
      lng: of.lng + 0.004 * round * Math.cos(2.4 * round),
      lat: of.lat + 0.003 * round * Math.sin(2.4 * round),
    })),
  ];
  const vans = rows.vehicles.filter((van) => rows.shifts.some((rule) => rule.vehicle_id === van.id));
  const more = Array.from({ length: Math.max(0, vanCount - rows.vehicles.length) }, (_, i) => {
    const of = vans[i % vans.length]!;
    return { of, van: { ...of, id: `V${i}-${of.id}`, node_id: nodes[(rows.nodes.length + i) % nodes.length]!.id } };
  });
  return {
    ...rows,
    nodes,
    node_hours: [...rows.node_hours, ...copies.flatMap((copy) => moved(rows.node_hours, copy))],
    vehicles: [...rows.vehicles, ...more.map(({ van }) => van)],
    shifts: [
      ...rows.shifts,
      ...more.flatMap(({ of, van }) =>
        rows.shifts.filter((rule) => rule.vehicle_id === of.id).map((rule) => ({ ...rule, vehicle_id: van.id })),
      ),
    ],
  };
}

/**
 * Gives the copies what their originals have. A quarter of a million counts, which a thousand nodes have, are no import: it takes
 * them in one transaction and asks of each what it asks of one, for many minutes.
 */
export async function copyStock(db: Database): Promise<void> {
  await db.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`
      insert into public.inventory_levels (node_id, sku_id, on_hand, safety, confirmed_at, confirmed_by)
      select n.id, l.sku_id, l.on_hand, l.safety, l.confirmed_at, l.confirmed_by
      from public.nodes n join public.inventory_levels l on l.node_id = substring(n.id from '^(.*)-C[0-9]+$')
      order by l.sku_id, n.id`;
    await tx`
      insert into public.stock_movements (node_id, sku_id, units, reason)
      select l.node_id, l.sku_id, l.on_hand, 'count' from public.inventory_levels l where l.node_id ~ '-C[0-9]+$' and l.on_hand > 0`;
  });
}

function moved<Row extends { readonly node_id: string }>(
  rows: readonly Row[],
  { of, suffix }: { of: NetworkRow<"nodes">; suffix: string },
): Row[] {
  return rows.filter((row) => row.node_id === of.id).map((row) => ({ ...row, node_id: `${of.id}${suffix}` }));
}

function firstNodes(rows: NetworkRows, count: number): NetworkRows {
  if (rows.nodes.length <= count) return rows;
  const homes = new Set(rows.vehicles.map((van) => van.node_id));
  const kept = rows.nodes.toSorted((a, b) => Number(homes.has(b.id)) - Number(homes.has(a.id))).slice(0, count);
  const ids = new Set<string>(kept.map((node) => node.id));
  const vans = new Set<string>(rows.vehicles.filter((van) => ids.has(van.node_id)).map((van) => van.id));
  const isKept = (row: object) =>
    Object.entries(row).every(([column, value]) => {
      if (column.endsWith("node_id")) return value === null || ids.has(String(value));
      return column !== "vehicle_id" || vans.has(String(value));
    });
  const tables = Object.entries(rows).map(([name, list]) => [name, list.filter(isKept)]);
  return { ...(Object.fromEntries(tables) as NetworkRows), nodes: kept };
}
