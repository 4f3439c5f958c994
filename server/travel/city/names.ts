import type { Random } from "#server/core/random.ts";
import type { Quarter, StreetRole } from "./street-net.ts";

const PLACE_STEMS =
  "Ash Alder Amber Apple Barn Birch Black Bram Brad Brook Carl Cold Corn Crane Dun Eagle Elder Ever Fal Fern Gold Grey Hal Harrow Hart Hazel Heather Heron High Holm King Lamb Lang Lark Lin Long Lyn Maple Mar Marl May Merri Middle Mill Moor Nether New Oak Otter Over Pen Quarry Raven Red Ridge Rowan Rush Sal Sand Sedge Shel Silver South Stan Stone Strat Summer Swan Thorn Wake Wal Water Wend West Whit Wild Willow Wind Winter Wood Wren Yar".split(
    " ",
  );
const PLACE_ENDINGS =
  "bourne brook bury by combe cote croft dale dean den field ford gate ham hampton hurst lea ley low mere minster moor ridge stead stoke stow thorpe ton wade well wick wold worth".split(
    " ",
  );

const STREET_STEMS =
  "Abbey Acorn Albion Alma Anchor Anvil Apple Arbour Aspen Badger Baker Balm Barley Basil Bay Beacon Beech Bell Bishop Blackbird Bluebell Bramble Brewer Briar Brook Cable Candle Canon Carter Cedar Chalk Chandler Chapel Cherry Chestnut Cloister Clover Cobbler Cooper Copper Coral Corn Crane Crescent Crown Curlew Cutler Cypress Daisy Damson Dyer Elder Elm Exchange Falcon Farrier Fennel Fern Ferry Finch Fisher Flax Fletcher Forge Fountain Foundry Foxglove Friar Fuller Garden Glazier Glebe Glover Goldfinch Gorse Granary Grange Guild Harbour Harvest Hatter Hawthorn Hazel Heath Heather Heron Holly Hop Iron Ivory Ivy Jasmine Juniper Kestrel King Kingfisher Lantern Larch Lark Laurel Lavender Lilac Lime Linden Linnet Lock Maple Marigold Mason Meadow Mercer Merchant Mill Miller Minster Mint Monk Mulberry Myrtle Nettle Nightingale Oak Orchard Osier Otter Owl Palace Paper Parish Peacock Pear Pepper Pilgrim Pine Plover Plum Poplar Poppy Priory Prospect Quarry Queen Quince Raven Reed Robin Rope Rose Rosemary Rowan Rush Rye Saddler Saffron Salt School Sexton Shepherd Ship Silver Sloe Smith Sorrel Spring Spruce Stable Star Station Stone Swallow Swan Sycamore Tanner Temple Thatcher Thistle Thrush Tower Trinity Turner Vale Valley Vine Violet Walnut Warren Water Weaver Well Wharf Wheat Wheel Willow Windmill Wool Wren Yarrow Yew".split(
    " ",
  );
const PEOPLE =
  "Adeline Ainsley Alcott Amory Ardley Ashby Barlow Beaumont Bellamy Benton Blythe Bowen Brandt Calder Carrow Chandos Clare Colby Corwin Dalby Darrow Delaney Denham Drake Eldon Ellery Emmet Fairfax Farley Fenner Garrick Gilmour Granby Hadley Halden Harlow Hollis Ingram Jarvis Keating Kendrick Lambert Langley Lorne Lowell Maddox Marlow Merrick Milner Nesbit Norwood Oakes Osborne Paget Palmer Pembury Quill Radley Ramsey Rowley Selby Selwyn Sinclair Stanton Talbot Tennant Thorne Tilney Tyndale Vaughan Verity Waverley Wescott Wilmot Winslow Wyndham Yardley".split(
    " ",
  );

const ENDINGS: Record<Quarter, readonly string[]> = {
  old: ["Lane", "Street", "Street", "Row", "Gate", "Hill", "Yard", "Steps Lane", "Passage"],
  inner: ["Street", "Street", "Street", "Road", "Terrace", "Place", "Square", "Parade"],
  suburb: ["Road", "Avenue", "Drive", "Way", "Gardens", "Grove", "Rise", "Crescent", "Walk", "Lane"],
  town: ["Street", "Road", "Lane", "Hill", "Green", "Avenue"],
  industry: ["Way", "Road", "Wharf Road", "Works Road"],
  country: ["Lane", "Road", "Hollow", "Bank", "Drove"],
};
const CLOSE_ENDINGS = ["Close", "Close", "Court", "Mews", "Croft", "End", "Place", "Nook"];

const RIVERS: readonly (readonly [river: string, city: string])[] = [
  ["Rill", "Rillton"],
  ["Wend", "Wendbridge"],
  ["Alder", "Aldermouth"],
  ["Tarn", "Tarnford"],
  ["Lode", "Lodeham"],
  ["Ember", "Emberford"],
  ["Sable", "Sablebridge"],
  ["Mere", "Merehaven"],
];

const SUBURBS = [
  "Saltmarket",
  "Ropewalk",
  "Millfields",
  "Heronsgate",
  "Castle Hill",
  "Weavers Green",
  "Old Market",
  "Glebe Fields",
  "Priory Cross",
  "Foxcliffe",
  "Amberleigh",
  "Orchard End",
  "Kingsmead",
  "Tanners Row",
  "Bellefield",
  "Highmoor",
  "Larkrise",
  "Stonebow",
] as const;

export interface Names {
  readonly city: string;
  readonly river: string;
  readonly lake: string;
  readonly towns: readonly string[];
  readonly villages: readonly string[];
  readonly suburbs: readonly string[];
  park(isWood: boolean): string;
  street(role: StreetRole): string;
}

/** Every name of the city; no two streets share one, save that a road keeps its name across its pieces. */
export function makeNames(random: Random, count: { towns: number; villages: number }): Names {
  const [river, city] = random.pick(RIVERS);
  const used = new Set<string>([city]);
  const unique = (make: () => string): string => {
    for (let attempt = 0; ; attempt++) {
      const prefix = attempt < 12 ? "" : `${random.pick(["Upper", "Lower", "Old", "New", "Little", "Great"])} `;
      const name = prefix + make();
      if (used.has(name)) continue;
      used.add(name);
      return name;
    }
  };
  const place = () => {
    const stem = random.pick(PLACE_STEMS);
    const ending = random.pick(PLACE_ENDINGS);
    // "Woodwood", "Quarryridge": endings that repeat or stumble are left out by drawing again.
    return ending.startsWith(stem.slice(-1).toLowerCase()) ? `${stem}ham` : stem + ending;
  };
  const stem = () => {
    const die = random.next();
    return die < 0.55 ? random.pick(STREET_STEMS) : die < 0.75 ? random.pick(PEOPLE) : place();
  };
  const towns = Array.from({ length: count.towns }, () => unique(place));
  const villages = Array.from({ length: count.villages }, () => unique(place));
  const bridges = ["Old Bridge", "King's Bridge", "Millers Bridge", "Swan Bridge", "Ferry Bridge", "Long Bridge"];
  const highStreets = ["High Street", "Market Street", "Minster Street", "Bridge Street"];
  const shared = new Map<string, string>();
  const once = (key: string, make: () => string) => {
    const known = shared.get(key);
    if (known !== undefined) return known;
    const name = make();
    used.add(name);
    shared.set(key, name);
    return name;
  };
  return {
    city,
    river: `River ${river}`,
    lake: `${place()} Water`,
    towns,
    villages,
    suburbs: SUBURBS,
    park: (isWood) =>
      unique(() =>
        isWood
          ? `${place()} ${random.pick(["Woods", "Forest"])}`
          : `${random.pick(STREET_STEMS)} ${random.pick(["Park", "Gardens", "Green", "Fields"])}`,
      ),
    street(role) {
      switch (role.kind) {
        case "ring":
          return `${city} Ring`;
        case "ramp":
        case "yard":
        case "track":
          return "";
        case "boulevard":
          return once("boulevard", () => "Old Walls Parade");
        case "quay":
          return once(role.side, () => (role.side === "north" ? "North Quay" : "South Quay"));
        case "bridge":
          return unique(() => bridges.shift() ?? `${random.pick(PEOPLE)} Bridge`);
        case "high-street":
          return unique(() => highStreets.shift() ?? `${random.pick(STREET_STEMS)} Street`);
        case "radial":
          return once(`radial ${role.toward}`, () => `${role.toward} Road`);
        case "country":
          return unique(() => `${role.toward} ${random.pick(["Lane", "Road", "Way"])}`);
        case "close":
          return unique(() => `${stem()} ${random.pick(CLOSE_ENDINGS)}`);
        case "collector":
          return unique(() => `${stem()} ${random.pick(role.quarter === "old" ? ["Street"] : ["Road", "Avenue"])}`);
        case "local":
          return unique(() => `${stem()} ${random.pick(ENDINGS[role.quarter])}`);
      }
    },
  };
}
