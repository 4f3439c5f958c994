import { type ParseArgsConfig, parseArgs } from "node:util";
import { UsageError } from "./verb.ts";

/** `parseArgs` of Node, whose refusals come as UsageError. */
export function parseArguments<T extends Omit<ParseArgsConfig, "args">>(args: readonly string[], config: T) {
  try {
    return parseArgs({ ...config, args: [...args] });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
