import { endOnSignal } from "#bench/end-on-signal.ts";
import { runBenchmarks } from "#bench/run.ts";
import { requireWritable, writeOutput } from "#bin/output-file.ts";
import { parseArguments } from "#bin/parse-arguments.ts";
import type { Verb } from "#bin/verb.ts";

export const verb: Verb = {
  summary: "Measures quotes, holds, edge checks, map import and the first load of the checkout on this machine.",
  usage: "[--json FILE]   FILE receives one flat object of figures whose names end in their unit",
  async run(args) {
    const { json } = parseArguments(args, { options: { json: { type: "string" } } }).values;
    endOnSignal();
    // Now rather than after half an hour of measuring.
    if (json) requireWritable(json);
    const figures = await runBenchmarks((line) => console.log(line));
    const width = Math.max(...Object.keys(figures).map((name) => name.length));
    for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(width)}  ${value}`);
    if (json) writeOutput(json, `${JSON.stringify(figures, null, 2)}\n`);
    return 0;
  },
};
