import { parseArgs } from "node:util";
import { UsageError } from "#bin/verb.ts";

export const USAGE = `npm run bench:routing -- --instances PATH... [--seconds S[,S...]] [--seed N] [--json FILE]

PATH is an instance in Solomon's or VRPLIB's text format, or a folder of them; a best-known.json beside them gives the
gaps. Each number of seconds (10 unless given) is a run of its own, counted in CPU time of the thread that searches. FILE
receives an array of { instance, seconds, seed, routes, cost, gapPercent, feasible, firstFeasibleMs, iterations }.`;

export interface RoutingArguments {
  readonly instances: readonly string[];
  readonly seconds: readonly number[];
  readonly seed: number;
  readonly json: string | undefined;
}

/** Throws {@link UsageError}, in one sentence. */
export function readRoutingArguments(args: readonly string[]): RoutingArguments {
  const { values, positionals } = parse(args);
  if (values.instances === undefined) throw new UsageError("--instances PATH... is missing");
  if (values.json === "") throw new UsageError("--json is followed by no file name");
  return {
    instances: [...values.instances, ...positionals],
    seconds: (values.seconds ?? "10").split(",").map((word) => {
      const seconds = word.trim() === "" ? Number.NaN : Number(word);
      if (Number.isFinite(seconds) && seconds > 0) return seconds;
      throw new UsageError(`--seconds takes numbers above 0 with commas between, not "${values.seconds}"`);
    }),
    seed: wholeSeed(values.seed ?? "1"),
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        instances: { type: "string", multiple: true },
        seconds: { type: "string" },
        seed: { type: "string" },
        json: { type: "string" },
      },
    });
  } catch (error) {
    // The first sentence says what is wrong; those that follow explain how positional arguments are escaped.
    throw new UsageError((error as Error).message.split(/[.\n]\s*/)[0]!, { cause: error });
  }
}

/** The search mixes the seed as a 32-bit word. */
export function wholeSeed(word: string): number {
  const seed = /^-?\d+$/.test(word) ? Number(word) : Number.NaN;
  if (seed === (seed | 0)) return seed;
  throw new UsageError(`--seed takes a whole number of 32 bits, not "${word}"`);
}
