import { PLATFORM_USAGE, platformArguments } from "../platform-arguments.ts";
import { UsageError, type Verb } from "../verb.ts";

export const verb: Verb = {
  summary: "reset: delete the embedded database, then create, migrate and seed it again.",
  usage: `reset ${PLATFORM_USAGE}`,
  async run([action, ...args]) {
    if (action !== "reset") throw new UsageError(`It takes "reset"${action ? `, not "${action}"` : ""}.`);
    const { resetDatabase } = await import("../reset-database.ts");
    await resetDatabase(platformArguments(args, process.env));
    return 0;
  },
};
