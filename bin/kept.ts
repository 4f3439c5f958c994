import { OperatorError, UsageError, type Verb } from "./verb.ts";

/** Verbs load on demand: `kept audit` must not pay for the PBF reader. */
const verbs: Record<string, () => Promise<{ verb: Verb }>> = {
  start: () => import("./verbs/start.ts"),
  dev: () => import("./verbs/dev.ts"),
  db: () => import("./verbs/db.ts"),
  import: () => import("./verbs/import.ts"),
  "make-network": () => import("./verbs/make-network.ts"),
  seed: () => import("./verbs/seed.ts"),
  "make-city": () => import("./verbs/make-city.ts"),
  "import-roads": () => import("./verbs/import-roads.ts"),
  verify: () => import("./verbs/verify.ts"),
  audit: () => import("./verbs/audit.ts"),
  check: () => import("./verbs/check.ts"),
  e2e: () => import("./verbs/e2e.ts"),
  test: () => import("./verbs/test.ts"),
  bench: () => import("./verbs/bench.ts"),
  chaos: () => import("./verbs/chaos.ts"),
  "build-edge": () => import("./verbs/build-edge.ts"),
};

export async function main(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") return printHelp();
  const load = verbs[name];
  if (load === undefined || !Object.hasOwn(verbs, name)) {
    console.error(`kept: there is no verb "${name}". "kept --help" lists them.`);
    return 2;
  }
  const { verb } = await load();
  if (args.includes("--help") || args.includes("-h")) {
    console.log(`${verb.summary}\n\n${usageOf(name, verb)}`);
    return 0;
  }
  try {
    return await verb.run(args);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`kept ${name}: ${error.message}\n${usageOf(name, verb)}`);
      return 2;
    }
    if (error instanceof OperatorError) {
      console.error(`kept ${name}: ${error.message}`);
      return 1;
    }
    throw error;
  }
}

function usageOf(name: string, { usage }: Verb): string {
  return `Usage: kept ${name}${usage === "" || usage.startsWith("\n") ? "" : " "}${usage}`;
}

async function printHelp(): Promise<number> {
  const names = Object.keys(verbs);
  const width = Math.max(...names.map((name) => name.length), 0);
  console.log("kept: delivery and pickup promises that a retail network can keep.\n\nVerbs:");
  for (const name of names) {
    const { verb } = await verbs[name]!();
    console.log(`  ${name.padEnd(width)}  ${verb.summary}`);
  }
  console.log(`\n"kept <verb> --help" says what a verb takes.`);
  return 0;
}
