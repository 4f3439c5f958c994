import { App } from "@supabase/lite";
import { createPostgresConnection, type PostgresConnection } from "@supabase/lite/postgres";
import type postgres from "postgres";
import { reconnectSec } from "./reconnect.ts";
import type { Secrets } from "./secrets.ts";

/**
 * The Data API and Auth, by the lite package run as a library, with the gaps closed that would make it behave
 * unlike a hosted project. Two of the fixes reach into the package, so its version is pinned and each has a test.
 */
export interface DataApi {
  fetch(request: Request, peerAddress: string | null): Promise<Response>;
  /** Creates what Auth needs in the database. Safe to repeat. */
  ensureAuthSchema(): Promise<void>;
  /** Forgets the tables and functions it knows, so that the next request sees those of a new migration. */
  reloadSchema(): Promise<void>;
  close(): Promise<void>;
}

interface Options {
  readonly databaseUrl: string;
  readonly secrets: Secrets;
  /** Where links in mails lead. */
  readonly siteUrl: string;
  readonly tokenLifetimeSec: number;
}

const MAX_CONNECTIONS = 20;
const MAX_ROWS = 1000;

export function createDataApi({ databaseUrl, secrets, siteUrl, tokenLifetimeSec }: Options): DataApi {
  const connection = createPostgresConnection({
    url: databaseUrl,
    postgresOptions: {
      max: MAX_CONNECTIONS,
      backoff: reconnectSec,
      onnotice: () => {},
      types: { json: jsonType(114), jsonb: jsonType(3802) },
    },
  });
  keepGrantsAsMigrated(connection);
  keepErrorCodes(connection);
  const app = new App({
    connection,
    api: { schemas: ["public"], max_rows: MAX_ROWS },
    auth: {
      enabled: true,
      // As in supabase/config.toml: staff accounts are made by an administrator, shoppers need none.
      enable_signup: false,
      jwt_secret: secrets.innerJwtSecret,
      jwt_expiry: tokenLifetimeSec,
      publishable_key: secrets.publishableKey,
      secret_key: secrets.secretKey,
      site_url: siteUrl,
      email: { enable_confirmations: false },
    },
    options: { server: { disableStudio: true, disableFallback: true } },
  });
  return {
    fetch: async (request, peerAddress) => app.fetch(request, { peerAddress }),
    ensureAuthSchema: () => app.ensureSystemSchema(),
    reloadSchema: () => connection.clearSchemaCache(),
    // What still runs after a second is cut off.
    close: () => connection.driver.end({ timeout: 1 }),
  };
}

/** The package hands json arguments of `rpc()` over already as text; made JSON once more they would arrive as strings. */
function jsonType(oid: number): postgres.PostgresType {
  const serialize = (value: unknown) => {
    if (typeof value !== "string") return JSON.stringify(value);
    try {
      JSON.parse(value);
      return value;
    } catch {
      return JSON.stringify(value);
    }
  };
  return { to: oid, from: [oid], serialize, parse: JSON.parse };
}

/**
 * On its first request the package would grant everything on every schema that has row level security to the API
 * roles, silently undoing each revoke of a migration. It skips that when it believes that it is done.
 */
function keepGrantsAsMigrated(connection: PostgresConnection): void {
  (connection as unknown as { rlsState: "unknown" | "active" }).rlsState = "active";
}

/** What the package shapes by itself: domain errors (PT…), access, unknown objects, uniqueness, references, read-only. */
const SHAPED_BY_LITE = /^(PT|PGRST|42|23505|23503|25006)/;

/**
 * Other SQLSTATEs would come out as status 500, code "SUP", without detail and hint. They are sent through the
 * package's own way for `raise sqlstate 'PGRST'`, whose message and detail say what to answer.
 */
function keepErrorCodes(connection: PostgresConnection): void {
  const normalize = connection.normalizeDbError.bind(connection);
  connection.normalizeDbError = (error) => {
    const known = normalize(error) as { code?: unknown; message?: string; detail?: string; hint?: string };
    const code = known?.code;
    if (typeof code !== "string" || !/^[0-9A-Z]{5}$/.test(code) || SHAPED_BY_LITE.test(code)) return known;
    const body = { code, message: known.message, details: known.detail ?? null, hint: known.hint ?? null };
    const detail = JSON.stringify({ status: statusOfSqlState(code), headers: {} });
    return Object.assign(new Error(JSON.stringify(body)), { code: "PGRST", detail });
  };
}

/** PostgREST's table of HTTP statuses for the classes that are left. */
function statusOfSqlState(code: string): number {
  if (code === "P0001") return 400;
  if (/^(08|53)/.test(code)) return 503;
  if (/^(0L|0P|28)/.test(code)) return 403;
  if (/^(09|25|2D|38|39|3B|40|54|55|57|58|F0|HV|P0|XX)/.test(code)) return 500;
  return 400;
}
