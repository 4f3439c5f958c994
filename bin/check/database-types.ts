import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { PROJECT_DIR } from "../project-dir.ts";

const run = promisify(execFile);
const bin = (name: string) => join(PROJECT_DIR, "node_modules", ".bin", name);
const HEAD = "// Made by `npm run check -- --write` from the migrations; compared by `npm run check`.\n\n";

/** The types of our tables and functions, by the official generator, in our formatting. */
export async function databaseTypes(databaseUrl: string): Promise<string> {
  const { stdout } = await run(bin("supabase"), ["gen", "types", `--remote=${databaseUrl}`, "--schema", "public,app"], {
    env: { ...process.env, SUPABASE_TELEMETRY_DISABLED: "1" },
    maxBuffer: 64 << 20,
  });
  // It also says on its standard output how it connected.
  const start = stdout.indexOf("export type Json");
  if (start < 0) throw new Error(`the generator of types gave none:\n${stdout}`);
  return format(HEAD + stdout.slice(start));
}

/** As if it were any file: the committed one is no business of the linter's. */
function format(code: string): Promise<string> {
  const formatting = run(bin("biome"), ["format", "--stdin-file-path=server/db/generated.ts"], {
    cwd: PROJECT_DIR,
    maxBuffer: 64 << 20,
  });
  formatting.child.stdin?.end(code);
  return formatting.then(({ stdout }) => stdout);
}
