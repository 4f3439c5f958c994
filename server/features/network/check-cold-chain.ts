import type postgres from "postgres";
import type { Transaction } from "#server/db/database.ts";
import type { FaultList } from "./import-faults.ts";
import type { CsvContent } from "./read-csv.ts";
import type { NetworkFiles } from "./read-network.ts";

interface WarmGoods {
  readonly vehicle_id: string;
  readonly vehicle_line: number | null;
  readonly sku_id: string;
  readonly sku_line: number | null;
  readonly temperature: "chilled" | "frozen";
  readonly carried_before: boolean;
}

/**
 * Refuses a van that would lose the cold its route needs, and goods that would need cold which their van does not have.
 *
 * Locks     the open shifts of the vehicles named, or of all when a temperature changes, in id order, held to the end of
 *           the transaction. A changed temperature makes their plans old, as a changed vehicle does by itself: an offer
 *           that was computed before is computed again.
 */
export async function checkColdChain(
  tx: Transaction,
  { vehicles, skus }: NetworkFiles,
  faults: FaultList,
): Promise<void> {
  if (vehicles === undefined && skus === undefined) return;
  const vans = rowsOf(tx, vehicles);
  const goods = rowsOf(tx, skus);
  await tx`
    select from public.shifts s
    where s.state in ('planned', 'under_way')
      and (
        s.vehicle_id in (select x.id from jsonb_to_recordset(${vans}) x (id text))
        or exists (
          select from jsonb_to_recordset(${goods}) x (id text, temperature text)
          join public.skus k on k.id = x.id and k.temperature <> x.temperature
        )
      )
    order by s.id
    for no key update`;
  await tx`
    update public.shifts s set plan_version = s.plan_version + 1
    where s.state = 'planned' and exists (
      select from jsonb_to_recordset(${goods}) x (id text, temperature text)
      join public.skus k on k.id = x.id and k.temperature <> x.temperature
    )`;
  const warm = await tx<WarmGoods[]>`
    with van as (
      select v.id, x.line, v.carries_chilled as chilled_before, v.carries_frozen as frozen_before,
             coalesce(x.carries_chilled, v.carries_chilled) as chilled, coalesce(x.carries_frozen, v.carries_frozen) as frozen
      from public.vehicles v
      left join jsonb_to_recordset(${vans}) x (line integer, id text, carries_chilled boolean, carries_frozen boolean) on x.id = v.id
    ),
    good as (
      select k.id, x.line, coalesce(x.temperature, k.temperature) as temperature
      from public.skus k left join jsonb_to_recordset(${goods}) x (line integer, id text, temperature text) on x.id = k.id
    )
    select distinct van.id as vehicle_id, van.line as vehicle_line, good.id as sku_id, good.line as sku_line, good.temperature,
           case good.temperature when 'chilled' then van.chilled_before else van.frozen_before end as carried_before
    from public.stops t
    join public.shifts s on s.id = t.shift_id and s.state in ('planned', 'under_way')
    join van on van.id = s.vehicle_id
    join public.hold_lines l on l.hold_id = t.hold_id
    join good on good.id = l.sku_id
    where t.finished_at is null and num_nonnulls(van.line, good.line) > 0
      and ((good.temperature = 'chilled' and not van.chilled) or (good.temperature = 'frozen' and not van.frozen))
    order by vehicle_id, sku_id`;
  for (const { vehicle_id, vehicle_line, sku_id, sku_line, temperature, carried_before } of warm) {
    const losesCold = vehicle_line !== null && carried_before;
    const content: CsvContent | undefined = losesCold ? vehicles : skus;
    const columnName = losesCold ? `carries_${temperature}` : "temperature";
    if (content === undefined) continue;
    faults.add({
      file: content.table.file,
      line: losesCold ? vehicle_line : sku_line,
      column: content.columnPlaces.get(columnName) ?? null,
      columnName,
      sentence: losesCold
        ? `${vehicle_id} still has ${temperature} goods to deliver (${sku_id}).`
        : `${sku_id} is still to be delivered by ${vehicle_id}, which does not carry ${temperature} goods.`,
    });
  }
}

function rowsOf(tx: Transaction, content: CsvContent | undefined): postgres.Parameter {
  return tx.json((content?.rows.map(({ line, value }) => ({ line, ...value })) ?? []) as postgres.JSONValue);
}
