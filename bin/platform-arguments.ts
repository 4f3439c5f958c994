import { join, resolve } from "node:path";
import { GATEWAY_PORT, POSTGRES_PORT } from "#supabase/local/default-ports.ts";
import { parseArguments } from "./parse-arguments.ts";
import { PROJECT_DIR } from "./project-dir.ts";
import { UsageError } from "./verb.ts";

/** Where a platform keeps its state and where it listens. */
export interface PlatformArguments {
  readonly stateDir: string;
  readonly webPort: number;
  readonly gatewayPort: number;
  readonly postgresPort: number;
}

export const PLATFORM_USAGE = "[--port N] [--state-dir DIR]";

/** From the arguments, else from the environment, else the defaults. */
export function platformArguments(args: readonly string[], env: NodeJS.ProcessEnv): PlatformArguments {
  const options = { port: { type: "string" }, "state-dir": { type: "string" } } as const;
  const { port, "state-dir": stateDir } = parseArguments(args, { options }).values;
  return {
    // An empty name is none: it would mean the folder that one happens to stand in.
    stateDir: resolve(stateDir || env.KEPT_STATE_DIR || join(PROJECT_DIR, ".kept")),
    webPort: portNumber("--port", port) ?? portNumber("KEPT_PORT", env.KEPT_PORT) ?? 3000,
    gatewayPort: portNumber("KEPT_GATEWAY_PORT", env.KEPT_GATEWAY_PORT) ?? GATEWAY_PORT,
    postgresPort: portNumber("KEPT_POSTGRES_PORT", env.KEPT_POSTGRES_PORT) ?? POSTGRES_PORT,
  };
}

function portNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`${name} must be a port from 0 to 65535 (0 takes a free one), not "${text}".`);
}
