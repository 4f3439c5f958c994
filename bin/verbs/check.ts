import { startChecks, type Verdict } from "#bin/check/checks.ts";
import { UsageError, type Verb } from "#bin/verb.ts";

export const verb: Verb = {
  summary: "Checks house rules, format, types, and that types and schema are what the migrations make.",
  usage: `[--write]

--write formats, and writes server/db/database.types.ts and supabase/schema.snapshot.sql anew.`,

  async run(args) {
    const [flag, ...rest] = args;
    if ((flag !== undefined && flag !== "--write") || rest.length > 0)
      throw new UsageError("it takes --write or nothing.");
    return (await runChecks(flag === "--write")) ? 0 : 1;
  },
};

/** Prints a line for each check as it ends, in order, and what is wrong below it. Answers whether all is well. */
export async function runChecks(write = false): Promise<boolean> {
  let isGood = true;
  for (const check of startChecks(write)) {
    const verdict = await check;
    isGood &&= verdict.isGood;
    print(verdict);
  }
  return isGood;
}

function print({ name, isGood, sentence, details }: Verdict): void {
  console.log(`${isGood ? "ok  " : "BAD "}  ${name.padEnd(16)}  ${sentence}`);
  if (!isGood && details) console.log(`${details.replace(/^/gm, "        ")}\n`);
}
