import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { GATEWAY_PORT, POSTGRES_PORT } from "#supabase/local/default-ports.ts";
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
  const { port, "state-dir": stateDir } = options(args);
  return {
    stateDir: resolve(stateDir ?? env.KEPT_STATE_DIR ?? join(PROJECT_DIR, ".kept")),
    webPort: portNumber("--port", port) ?? portNumber("KEPT_PORT", env.KEPT_PORT) ?? 3000,
    gatewayPort: portNumber("KEPT_GATEWAY_PORT", env.KEPT_GATEWAY_PORT) ?? GATEWAY_PORT,
    postgresPort: portNumber("KEPT_POSTGRES_PORT", env.KEPT_POSTGRES_PORT) ?? POSTGRES_PORT,
  };
}

function options(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { port: { type: "string" }, "state-dir": { type: "string" } },
    });
    return values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function portNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageError(`${name} must be a port from 0 to 65535 (0 takes a free one), not "${text}".`);
}
