import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { OperatorError } from "#bin/verb.ts";
import { operatorFault } from "./host-fault.ts";

/** What only this installation knows. Keys keep their hosted form: supabase-js treats `sb_…` keys specially. */
const Secrets = z.object({
  publishableKey: z.string().startsWith("sb_publishable_"),
  secretKey: z.string().startsWith("sb_secret_"),
  /** HS256 secret between our gateway and the lite package; no token that leaves the gateway is signed with it. */
  innerJwtSecret: z.string().min(32),
});
export type Secrets = z.infer<typeof Secrets>;

/** The secrets of `stateDir`, made on the first start. */
export function loadSecrets(stateDir: string): Secrets {
  const random = () => randomBytes(24).toString("base64url");
  return readOrCreate(join(stateDir, "secrets.json"), Secrets, () => ({
    publishableKey: `sb_publishable_${random()}`,
    secretKey: `sb_secret_${random()}`,
    innerJwtSecret: randomBytes(32).toString("base64url"),
  }));
}

/** Reads a small private JSON file, or writes it first (mode 0600, whole or not at all). */
export function readOrCreate<T>(file: string, schema: z.ZodType<T>, create: () => T): T {
  try {
    const stored = schema.safeParse(JSON.parse(readFileSync(file, "utf8")));
    if (stored.success) return stored.data;
    throw new SyntaxError("its content is not what it should be");
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new OperatorError(
        `${file} is damaged (${error.message}): delete it to have it made again; sign-ins then end.`,
      );
    }
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw operatorFault(error, { dir: dirname(file) });
  }
  const value = create();
  const part = `${file}.${process.pid}.part`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(part, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
    chmodSync(part, 0o600);
    renameSync(part, file);
  } catch (error) {
    throw operatorFault(error, { dir: dirname(file) });
  }
  return value;
}
