import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A network that fits on a page: for tests that need some rows, and as the example of what an import takes. */
export const SMALL_NETWORK: Readonly<Record<string, string>> = {
  "regions.csv": `id,name,time_zone,currency,lng,lat,horizon_days
NORTH,North,Europe/Lisbon,EUR,-8.61,41.15,3
`,
  "nodes.csv": `id,region_id,kind,name,address,lng,lat,offers_pickup,pick_setup_sec,pick_line_sec,pick_unit_sec
DC-1,NORTH,distribution_centre,Harbour,"Quay Road 1, Harbour",-8.64,41.18,no,60,20,4
STORE-1,NORTH,store,Market,Market Square 2,-8.61,41.15,yes,120,45,8
`,
  "node_hours.csv": `node_id,weekday,opens,closes,work_sec
${week((day) => `DC-1,${day},06:00,22:00,36000`)}
${week((day) => `STORE-1,${day},08:00,21:00,7200`)}
`,
  "skus.csv": `id,name,category,price_cents,weight_g,volume_ml,temperature
APPLE,Apples 1 kg,Fruit,249,1000,1800,ambient
MILK,"Milk, whole 1 l",Dairy,119,1030,1050,chilled
PEAS,Garden peas 450 g,Frozen,199,450,700,frozen
`,
  "stock.csv": `node_id,sku_id,on_hand,safety
DC-1,APPLE,500,5
DC-1,MILK,400,5
DC-1,PEAS,300,5
STORE-1,APPLE,40,2
STORE-1,MILK,1,0
`,
  "vehicles.csv": `id,node_id,name,limit_weight_g,limit_volume_ml,carries_chilled,carries_frozen,shift_cents,km_cents,hour_cents
VAN-1,DC-1,Van 1,800000,6000000,yes,yes,2000,35,1900
VAN-2,STORE-1,Van 2,400000,3000000,yes,no,1500,30,1900
`,
  "shifts.csv": `vehicle_id,weekday,starts,ends
${week((day) => `VAN-1,${day},07:30,14:00\nVAN-1,${day},14:00,21:30\nVAN-2,${day},14:00,21:30`)}
`,
  "windows.csv": `region_id,service,weekday,starts,ends,price_cents,limit_orders
${week((day) => `NORTH,delivery,${day},08:00,10:00,590,\nNORTH,delivery,${day},18:00,20:00,490,\nNORTH,pickup,${day},10:00,12:00,0,12`)}
`,
  "carriers.csv": `id,name
SWIFT,Swift Parcels
`,
  "carrier_services.csv": `carrier_id,node_id,cut_off,transit_days,base_cents,kg_cents,day_limit_parcels
SWIFT,DC-1,16:00,1,390,45,200
`,
  "lanes.csv": `id,from_node_id,to_node_id,departs,arrives,base_cents,kg_cents,limit_orders,carries_chilled
DC-1-STORE-1,DC-1,STORE-1,08:30,09:15,60,4,20,yes
`,
  "addresses.csv": `region_id,label,lng,lat
NORTH,"Market Square 7, Market",-8.611,41.151
`,
};

function week(rows: (weekday: number) => string): string {
  return [1, 2, 3, 4, 5, 6, 7].map(rows).join("\n");
}

export interface NetworkFolder {
  readonly dir: string;
  /** Writes a file, or removes it when `content` is null. */
  write(file: string, content: string | Uint8Array | null): void;
  /** Replaces a text that must be there. */
  edit(file: string, from: string, to: string): void;
  remove(): void;
}

/** Writes {@link SMALL_NETWORK} to a temporary folder. */
export function writeSmallNetwork(): NetworkFolder {
  const dir = mkdtempSync(join(tmpdir(), "kept-network-"));
  const contents = new Map<string, string>(Object.entries(SMALL_NETWORK));
  const write: NetworkFolder["write"] = (file, content) => {
    if (content === null) rmSync(join(dir, file), { force: true });
    else writeFileSync(join(dir, file), content);
  };
  for (const [file, content] of contents) write(file, content);
  return {
    dir,
    write,
    edit(file, from, to) {
      const content = contents.get(file) ?? "";
      if (!content.includes(from)) throw new Error(`${file} does not contain ${from}`);
      contents.set(file, content.replace(from, to));
      write(file, content.replace(from, to));
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
