import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import type { Database, DatabaseCaller } from "../db/database.ts";
import type { RateLimiter } from "../domain/rate-limiter.ts";
import { type Platform, platform } from "../platform.ts";
import { addressOf, requestLimiter } from "./request-limits.ts";

/** What every procedure starts from. Narrowed by the bases in `procedure.ts`. */
export interface Context {
  readonly platform: Platform;
  readonly db: Database;
  /** Who the bearer token says is asking; null without a valid one. What they may do is not in the token. */
  readonly caller: DatabaseCaller | null;
  /** The network address that the request comes from, in the form that counts: see client-address.ts. Null: nobody knows. */
  readonly clientAddress: string | null;
  /** Counts what that address asks for. */
  readonly limiter: RateLimiter;
}

/**
 * The token travels as a bearer header, never as a cookie: a foreign page cannot make a browser send it, so no procedure
 * needs protection against forged requests.
 */
export async function contextOfRequest(request: Request): Promise<Context> {
  const on = platform();
  const token = /^Bearer (\S+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
  return {
    platform: on,
    db: on.db,
    caller: token ? await verifyToken(on, token) : null,
    clientAddress: addressOf(request),
    limiter: requestLimiter(),
  };
}

/** Checks the signature against the project's published keys, which are fetched once and cached. */
async function verifyToken(on: Platform, token: string): Promise<DatabaseCaller | null> {
  const { data, error } = await authClient(on).auth.getClaims(token);
  if (error || !data || data.claims.role !== "authenticated") return null;
  return { userId: data.claims.sub, claims: data.claims };
}

const slot = globalThis as typeof globalThis & { keptAuth?: SupabaseClient };

function authClient(on: Platform): SupabaseClient {
  slot.keptAuth ??= createClient(on.supabaseUrl, on.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });
  return slot.keptAuth;
}
