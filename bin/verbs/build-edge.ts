import { gzipSync } from "node:zlib";
import { bundleEdge } from "#bin/edge-bundle.ts";
import { writeOutput } from "#bin/output-file.ts";
import { parseArguments } from "#bin/parse-arguments.ts";
import { UsageError, type Verb } from "#bin/verb.ts";

export const verb: Verb = {
  summary: "Bundles the promise check as a Worker, to be run close to the shopper.",
  usage: `FILE

The Worker's bindings: SUPABASE_URL, PUBLISHABLE_KEY, and OFFER_PUBLIC_JWK (the offer key without its "d").`,

  async run(args) {
    const [file, ...rest] = parseArguments(args, { allowPositionals: true }).positionals;
    if (file === undefined || rest.length > 0) throw new UsageError("name one file to write.");
    const code = await bundleEdge();
    writeOutput(file, code);
    const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
    console.log(`${file}: ${kB(Buffer.byteLength(code))}, ${kB(gzipSync(code).length)} compressed`);
    return 0;
  },
};
