/** What a grocer sells: 400 goods, the same for every generated network. */
export interface Good {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly priceCents: number;
  readonly weightG: number;
  readonly volumeMl: number;
  readonly temperature: "ambient" | "chilled" | "frozen";
  /** Goods that name the same come from one node. */
  readonly keptWith: string | null;
}

/** A pack as it is sold: weight and volume with its packaging. */
type Pack = readonly [label: string, priceCents: number, weightG: number, volumeMl: number];
/** Each kind in each pack; "%" in the name stands for the kind. */
type Family = readonly [name: string, kinds: string, packs: readonly Pack[], keptWith?: string];

/** Who buys it is asked for a passport: once, at one door. */
const ALCOHOL = "ALCOHOL";

interface Category {
  readonly code: string;
  readonly name: string;
  readonly temperature: Good["temperature"];
  readonly keptWith?: string;
  readonly families: readonly Family[];
}

const CATEGORIES: readonly Category[] = [
  {
    code: "FRU",
    name: "Fruit",
    temperature: "ambient",
    families: [
      [
        "% apples",
        "Gala|Fuji|Granny Smith|Reineta",
        [
          ["1 kg", 219, 1010, 1900],
          ["4 pack", 159, 720, 1350],
        ],
      ],
      ["% pears", "Rocha|Conference", [["1 kg", 239, 1010, 1800]]],
      ["% bananas", "Ripe|Green|Small", [["1 kg", 139, 1000, 2200]]],
      ["% oranges", "Eating|Juicing|Blood", [["2 kg", 289, 2010, 3600]]],
      ["%", "Lemons|Limes|Clementines|Grapefruits", [["net of 750 g", 189, 760, 1400]]],
      ["% grapes", "Green|Red|Black", [["500 g", 249, 520, 1200]]],
      ["%", "Kiwis|Plums|Peaches|Nectarines|Apricots", [["tray of 600 g", 229, 630, 1600]]],
      ["%", "Mango|Pineapple|Melon|Papaya|Watermelon half", [["each", 279, 1500, 2600]]],
      ["Dried %", "apricots|dates|figs|raisins", [["250 g", 289, 260, 420]]],
    ],
  },
  {
    code: "VEG",
    name: "Vegetables",
    temperature: "ambient",
    families: [
      ["% potatoes", "White|Red|New|Baking", [["2.5 kg", 299, 2520, 3900]]],
      ["% onions", "Brown|Red|White", [["1 kg", 149, 1010, 1700]]],
      ["% tomatoes", "Vine|Plum|Cherry|Salad", [["500 g", 189, 520, 1100]]],
      ["% peppers", "Red|Green|Yellow", [["3 pack", 219, 540, 1700]]],
      ["%", "Carrots|Courgettes|Aubergines|Beetroot|Turnips|Sweet potatoes", [["1 kg", 169, 1010, 1900]]],
      ["%", "Garlic|Ginger|Chillies|Shallots", [["200 g", 129, 205, 420]]],
      ["% squash", "Butternut|Acorn", [["each", 249, 1200, 1900]]],
    ],
  },
  {
    code: "GRN",
    name: "Salad and greens",
    temperature: "chilled",
    families: [
      ["% salad", "Mixed leaf|Rocket|Baby spinach|Watercress|Lamb's lettuce", [["120 g", 179, 130, 1500]]],
      ["% lettuce", "Iceberg|Cos|Butterhead", [["each", 129, 420, 1900]]],
      ["Fresh %", "parsley|coriander|basil|mint|chives|dill", [["bunch", 99, 45, 400]]],
      ["%", "Broccoli|Cauliflower|Savoy cabbage|Leeks|Celery|Cucumber", [["each", 159, 500, 1800]]],
      ["% mushrooms", "White|Chestnut|Oyster", [["250 g", 189, 265, 950]]],
    ],
  },
  {
    code: "BAK",
    name: "Bakery",
    temperature: "ambient",
    families: [
      ["% loaf", "White|Wholemeal|Seeded|Rye|Sourdough|Spelt", [["500 g", 229, 505, 2600]]],
      ["% rolls", "White|Wholemeal|Brioche|Ciabatta", [["6 pack", 189, 420, 2400]]],
      ["% croissants", "Butter|Almond|Chocolate", [["4 pack", 259, 260, 2200]]],
      ["% wraps", "Plain|Wholemeal|Corn", [["8 pack", 179, 500, 900]]],
      ["% cake", "Lemon|Carrot|Chocolate|Sponge", [["400 g", 349, 430, 1500]]],
      ["% bagels", "Plain|Sesame|Cinnamon", [["5 pack", 199, 430, 1700]]],
    ],
  },
  {
    code: "DAI",
    name: "Dairy and eggs",
    temperature: "chilled",
    families: [
      [
        "% milk",
        "Whole|Semi-skimmed|Skimmed|Lactose-free",
        [
          ["1 l", 109, 1040, 1080],
          ["2 l", 199, 2070, 2150],
        ],
      ],
      ["% drink", "Oat|Almond|Soya", [["1 l", 199, 1040, 1080]]],
      [
        "% yoghurt",
        "Natural|Strawberry|Vanilla|Blueberry|Peach|Greek",
        [
          ["4 × 125 g", 189, 540, 700],
          ["500 g", 179, 525, 580],
        ],
      ],
      ["% butter", "Salted|Unsalted|Spreadable", [["250 g", 279, 255, 280]]],
      ["% cream", "Single|Whipping|Sour", [["200 ml", 129, 215, 240]]],
      [
        "% eggs",
        "Free-range|Organic",
        [
          ["6 pack", 219, 400, 900],
          ["12 pack", 399, 780, 1750],
        ],
      ],
    ],
  },
  {
    code: "CHE",
    name: "Cheese",
    temperature: "chilled",
    families: [
      [
        "%",
        "Mature cheddar|Gouda|Edam|Emmental|Gruyère|Manchego",
        [
          ["250 g", 349, 260, 320],
          ["sliced 150 g", 269, 165, 260],
        ],
      ],
      ["%", "Mozzarella|Feta|Halloumi|Ricotta|Mascarpone", [["200 g", 229, 215, 300]]],
      ["%", "Brie|Camembert|Blue cheese", [["180 g", 289, 190, 300]]],
    ],
  },
  {
    code: "MEA",
    name: "Meat and fish",
    temperature: "chilled",
    families: [
      ["Chicken %", "breasts|thighs|drumsticks|wings", [["600 g", 529, 630, 1100]]],
      ["% mince", "Beef|Pork|Turkey|Lamb", [["500 g", 459, 520, 800]]],
      ["%", "Rump steak|Pork chops|Lamb chops|Veal escalopes", [["400 g", 649, 430, 850]]],
      ["% sausages", "Pork|Chicken|Chorizo|Merguez", [["400 g", 389, 420, 750]]],
      ["% fillets", "Salmon|Cod|Sea bass|Hake|Trout", [["300 g", 699, 325, 650]]],
      ["%", "Cooked ham|Cured ham|Turkey slices|Salami|Smoked bacon", [["150 g", 259, 165, 280]]],
      ["%", "King prawns|Mussels|Squid rings", [["300 g", 599, 325, 600]]],
    ],
  },
  {
    code: "MEL",
    name: "Ready to eat",
    temperature: "chilled",
    families: [
      [
        "%",
        "Lasagne|Moussaka|Cottage pie|Fish pie|Vegetable curry|Chicken tikka",
        [["for two, 800 g", 699, 850, 1500]],
      ],
      ["% soup", "Tomato|Leek and potato|Lentil|Pumpkin", [["600 g", 319, 640, 700]]],
      ["% pizza", "Margherita|Ham and mushroom|Four cheese", [["fresh, 450 g", 449, 480, 1500]]],
      ["%", "Hummus|Guacamole|Tzatziki|Olive tapenade", [["200 g", 219, 220, 300]]],
      ["Fresh % juice", "orange|apple|carrot", [["1 l", 349, 1050, 1100]]],
    ],
  },
  {
    code: "FRO",
    name: "Frozen",
    temperature: "frozen",
    // One cold box.
    keptWith: "FROZEN",
    families: [
      ["Frozen %", "peas|spinach|broad beans|sweetcorn|mixed vegetables|broccoli", [["1 kg", 249, 1010, 1800]]],
      ["Frozen %", "strawberries|raspberries|blueberries|mango", [["500 g", 399, 510, 950]]],
      ["% chips", "Straight-cut|Sweet potato|Crinkle-cut", [["1 kg", 279, 1010, 2100]]],
      ["% ice cream", "Vanilla|Chocolate|Strawberry|Pistachio|Salted caramel", [["900 ml", 449, 520, 1000]]],
      ["Frozen % pizza", "margherita|pepperoni|vegetable", [["2 pack", 499, 720, 2600]]],
      ["%", "Fish fingers|Breaded cod|Scampi|Chicken nuggets", [["400 g", 389, 430, 950]]],
      ["%", "Puff pastry|Croissants to bake|Bread rolls to bake", [["500 g", 299, 520, 1200]]],
    ],
  },
  {
    code: "PAN",
    name: "Pantry",
    temperature: "ambient",
    families: [
      ["%", "Spaghetti|Penne|Fusilli|Tagliatelle|Macaroni|Lasagne sheets", [["500 g", 119, 510, 900]]],
      ["% rice", "Long grain|Basmati|Arborio|Brown", [["1 kg", 229, 1010, 1200]]],
      [
        "Tinned %",
        "chopped tomatoes|chickpeas|kidney beans|sweetcorn|tuna|sardines|lentils",
        [["3 pack", 289, 1350, 1300]],
      ],
      [
        "% olive oil",
        "Extra virgin|Mild",
        [
          ["750 ml", 799, 1180, 950],
          ["3 l", 2599, 2900, 3300],
        ],
      ],
      ["% flour", "Plain|Self-raising|Wholemeal|Rice", [["1 kg", 129, 1015, 1400]]],
      ["% sugar", "White|Brown|Icing", [["1 kg", 159, 1010, 1200]]],
      ["% sauce", "Tomato and basil|Pesto|Soy|Barbecue|Curry", [["jar of 350 g", 249, 560, 520]]],
      ["%", "Sea salt|Black pepper|Sweet paprika|Cinnamon|Oregano", [["jar of 80 g", 199, 180, 200]]],
      ["% stock cubes", "Chicken|Vegetable|Beef", [["12 pack", 159, 130, 220]]],
      ["% vinegar", "Wine|Balsamic|Cider", [["500 ml", 229, 880, 720]]],
    ],
  },
  {
    code: "BRE",
    name: "Breakfast",
    temperature: "ambient",
    families: [
      ["%", "Corn flakes|Granola|Muesli|Porridge oats|Bran flakes", [["500 g", 299, 560, 2400]]],
      ["% jam", "Strawberry|Raspberry|Apricot|Fig", [["340 g", 249, 540, 440]]],
      ["%", "Honey|Peanut butter|Chocolate spread", [["400 g", 399, 620, 520]]],
      ["% coffee", "Ground|Whole bean|Decaffeinated|Instant", [["250 g", 499, 265, 700]]],
      ["% tea", "Black|Green|Peppermint|Camomile", [["40 bags", 279, 130, 600]]],
    ],
  },
  {
    code: "SNA",
    name: "Snacks",
    temperature: "ambient",
    families: [
      ["% crisps", "Salted|Paprika|Sea salt and vinegar|Cheese and onion", [["150 g", 199, 165, 1900]]],
      ["%", "Cashews|Almonds|Walnuts|Pistachios|Mixed nuts", [["200 g", 399, 210, 420]]],
      ["% chocolate", "Milk|Dark|White|Hazelnut", [["100 g", 189, 108, 150]]],
      ["%", "Digestive biscuits|Shortbread|Oat biscuits|Crackers|Rice cakes", [["300 g", 179, 320, 1000]]],
      ["% bars", "Cereal|Protein|Fruit and nut", [["6 pack", 289, 240, 520]]],
      ["% popcorn", "Salted|Sweet", [["90 g", 149, 100, 1300]]],
    ],
  },
  {
    code: "DRI",
    name: "Drinks",
    temperature: "ambient",
    families: [
      [
        "% water",
        "Still|Sparkling",
        [
          ["6 × 1.5 l", 279, 9250, 10200],
          ["1.5 l", 59, 1540, 1700],
        ],
      ],
      ["%", "Cola|Cola without sugar|Lemonade|Orange soda|Tonic water", [["6 × 330 ml", 349, 2120, 2400]]],
      ["% juice", "Orange|Apple|Pineapple|Peach", [["1 l", 199, 1080, 1120]]],
      ["%", "Lager|Pale ale|Beer without alcohol", [["6 × 330 ml", 649, 3500, 3700]], ALCOHOL],
      ["%", "Red wine|White wine|Rosé|Sparkling wine", [["750 ml", 749, 1300, 1250]], ALCOHOL],
      ["% iced tea", "Lemon|Peach", [["1.5 l", 189, 1560, 1700]]],
      ["% cordial", "Elderflower|Lime|Blackcurrant", [["700 ml", 349, 1150, 1000]]],
    ],
  },
  {
    code: "HOM",
    name: "Household",
    temperature: "ambient",
    families: [
      ["% paper", "Toilet|Kitchen", [["9 rolls", 599, 1100, 14000]]],
      ["% liquid", "Laundry|Washing-up|Fabric softener", [["1.5 l", 549, 1620, 1900]]],
      ["%", "Dishwasher tablets|Laundry capsules", [["40 pack", 899, 780, 1700]]],
      ["% cleaner", "Bathroom|Kitchen|Glass|Floor", [["750 ml", 299, 820, 1000]]],
      ["%", "Bin bags|Baking paper|Aluminium foil|Cling film", [["roll", 249, 320, 800]]],
      [
        "%",
        "Sponges|Scourers|Cleaning cloths|Rubber gloves|Light bulbs|AA batteries|Matches",
        [["pack", 229, 120, 600]],
      ],
      ["% air freshener", "Lavender|Cotton|Citrus", [["300 ml", 329, 340, 520]]],
    ],
  },
  {
    code: "CAR",
    name: "Baby, pets and care",
    temperature: "ambient",
    families: [
      ["% nappies", "Newborn|Size 3|Size 5", [["40 pack", 1199, 1500, 11000]]],
      ["% cat food", "Chicken|Fish", [["12 × 85 g", 549, 1100, 1400]]],
      ["% dog food", "Beef|Lamb", [["3 kg", 999, 3050, 5600]]],
      ["%", "Shampoo|Shower gel|Hand soap|Conditioner", [["400 ml", 379, 450, 520]]],
      ["% toothpaste", "Mint|Whitening|Children's", [["75 ml", 249, 110, 180]]],
      ["% deodorant", "Sensitive|Sport|Fresh", [["150 ml", 329, 180, 320]]],
      ["%", "Baby wipes|Cotton pads|Tissues|Plasters", [["pack", 199, 260, 900]]],
      ["%", "Razors|Shaving foam|Sun cream", [["each", 649, 220, 420]]],
    ],
  },
];

export const CATALOGUE: readonly Good[] = CATEGORIES.flatMap(
  ({ code, name: category, temperature, keptWith: ofAll = null, families }) =>
    families
      .flatMap(([name, kinds, packs, keptWith = ofAll]) =>
        kinds
          .split("|")
          .flatMap((kind) => packs.map((pack) => ({ name: capitalised(name.replace("%", kind)), pack, keptWith }))),
      )
      .map(({ name, pack: [label, priceCents, weightG, volumeMl], keptWith }, i) => ({
        id: `${code}-${String(i + 1).padStart(3, "0")}`,
        name: `${name}, ${label}`,
        category,
        priceCents,
        weightG,
        volumeMl,
        temperature,
        keptWith,
      })),
);

function capitalised(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
