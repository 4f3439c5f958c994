import { join } from "node:path";
import { divertConsole } from "./divert-console.ts";
import { hostedBackend } from "./hosted-environment.ts";
import { type RunningPlatform, startPlatform } from "./platform.ts";
import { platformArguments } from "./platform-arguments.ts";
import { stepLog } from "./step-log.ts";
import { stopSignal } from "./stop-signal.ts";

/** Runs the platform in the foreground until Ctrl-C, a signal, or the end of one of its parts. Answers the exit code. */
export async function runPlatform(mode: "start" | "dev", args: readonly string[]): Promise<number> {
  const where = platformArguments(args, process.env);
  const hosted = hostedBackend(process.env);
  const log = stepLog();
  const signal = stopSignal();
  const stopped = new Promise<undefined>((resolve) => signal.addEventListener("abort", () => resolve(undefined)));

  const restoreConsole = divertConsole(where.stateDir);
  try {
    const platform = await startPlatform({ ...where, mode, hosted, log, signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (platform) {
      log("up");
      process.stdout.write(summary(platform, join(where.stateDir, "logs"), mode));
      const crash = await Promise.race([platform.crashed, stopped]);
      if (!crash) log("stopping");
      await platform.stop();
      if (crash) throw crash;
    }
    log(platform ? "stopped" : "stopped before it was up");
    return 0;
  } finally {
    restoreConsole();
  }
}

function summary({ webUrl, supabaseUrl, databaseUrl, signIns }: RunningPlatform, logDir: string, mode: string): string {
  const lines = [
    "",
    `  Shop            ${webUrl}/`,
    `  Control tower   ${webUrl}/ops`,
    `  Stores          ${webUrl}/store`,
    `  Drivers         ${webUrl}/drive`,
    `  Supabase        ${supabaseUrl}`,
    `  Postgres        ${withoutForeignPassword(databaseUrl)}`,
    ...(mode === "start" ? [`  Logs            ${logDir}`] : []),
    "",
  ];
  if (signIns.length > 0) {
    lines.push("  Demo sign-ins:");
    for (const { role, email, password } of signIns) {
      lines.push(`    ${role.padEnd(12)}  ${email.padEnd(28)}  ${password}`);
    }
    lines.push("");
  }
  lines.push("  Ctrl-C stops all of it.", "", "");
  return lines.join("\n");
}

/** The embedded password is public knowledge; that of a hosted database is not for the screen. */
function withoutForeignPassword(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  if (url.hostname !== "127.0.0.1") url.password = "";
  return url.href;
}
