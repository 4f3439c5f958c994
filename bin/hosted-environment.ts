import { OperatorError } from "./verb.ts";

/** The Supabase that the app talks to, embedded or hosted. */
export interface Backend {
  readonly supabaseUrl: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly databaseUrl: string;
}

const VARIABLES = {
  supabaseUrl: "NEXT_PUBLIC_SUPABASE_URL",
  publishableKey: "NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY",
  secretKey: "SUPABASE_SECRET_KEY",
  databaseUrl: "DATABASE_URL",
} as const satisfies Record<keyof Backend, string>;

/**
 * The hosted Supabase that the environment names, or undefined when it names none and the embedded one is wanted.
 *
 * Throws OperatorError when it names one by half (a guess would read from one database and write to another), or names
 * what cannot be one.
 */
export function hostedBackend(env: NodeJS.ProcessEnv): Backend | undefined {
  const names = Object.values(VARIABLES);
  const present = names.filter((name) => env[name]);
  const missing = names.filter((name) => !env[name]);
  if (present.length === 0) return undefined;
  if (missing.length > 0) {
    throw new OperatorError(
      `${list(present)} ${present.length > 1 ? "are" : "is"} set but ${list(missing)} ${missing.length > 1 ? "are" : "is"} not: set all four for a hosted Supabase, or none for the embedded one.`,
    );
  }
  const backend: Backend = {
    supabaseUrl: env[VARIABLES.supabaseUrl]!,
    publishableKey: env[VARIABLES.publishableKey]!,
    secretKey: env[VARIABLES.secretKey]!,
    databaseUrl: env[VARIABLES.databaseUrl]!,
  };
  requireAddress(VARIABLES.supabaseUrl, backend.supabaseUrl, ["https:", "http:"]);
  requireDatabaseAddress(backend.databaseUrl);
  if (backend.publishableKey.startsWith("sb_secret_"))
    throw new OperatorError(`${VARIABLES.publishableKey} holds a secret key, which every browser would be told.`);
  return backend;
}

/** Throws OperatorError when `DATABASE_URL` is not the address of a Postgres. */
export function requireDatabaseAddress(databaseUrl: string): void {
  requireAddress(VARIABLES.databaseUrl, databaseUrl, ["postgresql:", "postgres:"]);
}

/** Does not say what is there instead: it may hold a password. */
function requireAddress(variable: string, text: string, protocols: readonly string[]): void {
  const url = URL.parse(text);
  if (url && protocols.includes(url.protocol) && url.host !== "") return;
  throw new OperatorError(
    `${variable} must be an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}.`,
  );
}

/** How the processes of the app are told. */
export function backendVariables(backend: Backend): Record<string, string> {
  return Object.fromEntries(Object.entries(VARIABLES).map(([field, name]) => [name, backend[field as keyof Backend]]));
}

function list(names: readonly string[]): string {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join();
}
