import { PLATFORM_USAGE } from "../platform-arguments.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  summary: "Start everything: Supabase (embedded unless the environment names a hosted one), web and worker.",
  usage: PLATFORM_USAGE,
  run: async (args) => (await import("../run-platform.ts")).runPlatform("start", args),
};
