import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { type Stack, type StackOptions, startStack } from "./stack.ts";

/** A whole embedded stack on free ports and throwaway data, for the tests of the stack itself. */
export interface TestStack {
  readonly stack: Stack;
  readonly stateDir: string;
  /** As superuser. */
  readonly sql: postgres.Sql;
  /** A client as the app makes one; anonymous unless `key` says otherwise. */
  client(key?: string): SupabaseClient;
  /** A new user with this `app_metadata`, signed in. */
  signedIn(appMetadata?: Record<string, unknown>): Promise<SupabaseClient>;
  stop(): Promise<void>;
}

export async function startTestStack(options: Partial<StackOptions> = {}): Promise<TestStack> {
  const stateDir = mkdtempSync(join(tmpdir(), "kept-stack-"));
  const siteUrl = "http://127.0.0.1:3000";
  const stack = await startStack({ stateDir, gatewayPort: 0, postgresPort: 0, siteUrl, durable: false, ...options });
  const sql = postgres(stack.databaseUrl, { onnotice: () => {} });
  const clients: SupabaseClient[] = [];
  const client = (key = stack.publishableKey) => {
    const made = createClient(stack.gatewayUrl, key, { auth: { persistSession: false, autoRefreshToken: false } });
    clients.push(made);
    return made;
  };
  let users = 0;
  return {
    stack,
    stateDir,
    sql,
    client,
    async signedIn(appMetadata = {}) {
      const email = `user-${users++}@kept.test`;
      const password = "correct horse";
      const admin = client(stack.secretKey).auth.admin;
      const made = await admin.createUser({ email, password, email_confirm: true, app_metadata: appMetadata });
      if (made.error) throw made.error;
      const user = client();
      const session = await user.auth.signInWithPassword({ email, password });
      if (session.error) throw session.error;
      return user;
    },
    async stop() {
      for (const one of clients) one.realtime.disconnect();
      await sql.end({ timeout: 1 });
      await stack.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** Runs SQL as a migration would, and tells the Data API as PostgREST is told. */
export async function define({ sql }: TestStack, script: string): Promise<void> {
  await sql.unsafe(`${script}; notify pgrst, 'reload schema'`);
}
