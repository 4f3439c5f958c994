import { type CsvTable, NETWORK_TABLES } from "./network-tables.ts";

const INTRO = `# Importing a network

<!-- Written from server/features/network/import-guide.ts, which a test compares with this page: "npx vitest run import-guide -u" writes it anew. -->

\`kept import DIR\` reads a folder of CSV files: the nodes, their hours, goods, stock, vans, rosters, windows, carriers and
lanes.
\`kept make-network\` writes such a folder for any road map and is a good one to start from.

- **All or nothing.** Every file is checked first, row by row and against the others and the database. If anything is wrong,
  nothing changes, and the faults are listed as \`file:line:field(column): sentence\`, the first fifty of them with their number:

  \`\`\`
  nodes.csv:7:6(lng): must be degrees from -180 to 180 with a decimal point, not "-8,61".
  stock.csv:114:2(sku_id): no SKU FRU-099 is in skus.csv or has been imported.
  stock.csv:120:3(on_hand): 6 is below the 7 reserved for orders; resolve those orders first.
  \`\`\`
- **A file may be left out.** What is named is added or changed; what is not named stays. Files that describe a week or a list
  (\`node_hours\`, \`shifts\`, \`windows\`, \`cut_offs\`, \`addresses\`) replace the whole week or list of whatever they name.
- **The same folder again** changes nothing but the time at which its stock was last confirmed.
- **Days that are already open stay as they were opened**: their shifts, windows and picking hours may already carry promises.
  Only the calendar and the cut-offs count for them too: what they close is offered no more, and what is promised stays.
  After the import the days that are missing up to the region's horizon are opened by the new rules.
- **Stock is counted, not set**: the difference to what was on hand goes to the stock ledger (\`stock_movements\`). A count takes
  the same locks as a reservation, so shoppers may go on buying meanwhile.

A file is UTF-8 text (a byte order mark and Windows line ends are fine) with commas between fields and quotation marks around
a field that contains a comma. The first line names the columns, in any order. Times are local to the region, those
of a node to the node, money is in
hundredths of its currency, coordinates are degrees.
`;

/** The page that documents the files of an import, from the same table that reads them. */
export function importGuide(): string {
  return [INTRO, ...Object.values(NETWORK_TABLES).map(describeTable)].join("\n");
}

function describeTable({ file, summary, key, columns }: CsvTable): string {
  const rows = Object.entries(columns).map(
    ([name, { says, whenEmpty }]) => `| \`${name}\` | ${says} | ${whenEmpty ?? "not allowed"} |`,
  );
  const unique = key.map((name) => `\`${name}\``).join(", ");
  return `## ${file}

${summary} One row for each ${unique}.

| column | must be | empty |
|---|---|---|
${rows.join("\n")}
`;
}
