import { PLATFORM_USAGE } from "../platform-arguments.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  summary: "As start, but compile as files change, and print what web and worker print.",
  usage: PLATFORM_USAGE,
  run: async (args) => (await import("../run-platform.ts")).runPlatform("dev", args),
};
