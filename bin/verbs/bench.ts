import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runBenchmarks } from "#bench/run.ts";
import { UsageError, type Verb } from "#bin/verb.ts";

export const verb: Verb = {
  summary: "Measures quotes, holds, edge checks, map import and the first load of the checkout on this machine.",
  usage: "[--json FILE]   FILE receives one flat object of figures whose names end in their unit",
  async run(args) {
    const { json } = readArguments(args);
    const figures = await runBenchmarks((line) => console.log(line));
    const width = Math.max(...Object.keys(figures).map((name) => name.length));
    for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(width)}  ${value}`);
    if (json) writeFileSync(json, `${JSON.stringify(figures, null, 2)}\n`);
    return 0;
  },
};

function readArguments(args: readonly string[]): { json?: string | undefined } {
  try {
    return parseArgs({ args: [...args], options: { json: { type: "string" } } }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
