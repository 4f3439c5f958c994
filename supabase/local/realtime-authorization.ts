import { randomUUID } from "node:crypto";
import type { JWTPayload } from "jose";
import type postgres from "postgres";

/** What a channel carries; policies on `realtime.messages` tell them apart by the column of this name. */
export type Extension = "broadcast" | "presence";
export type Access = Readonly<Record<Extension, boolean>>;

/** A caller: the claims of a token, or just the role of an API key. */
export type Claims = JWTPayload & { readonly role: ApiRole };

const API_ROLES = ["anon", "authenticated", "service_role"] as const;
export type ApiRole = (typeof API_ROLES)[number];

/** Only these may be assumed, whatever a token says. */
export function isApiRole(role: unknown): role is ApiRole {
  return API_ROLES.some((known) => known === role);
}

/**
 * What policies let `claims` receive on a private topic.
 *
 * As the hosted server does it: put one probe row per extension into `realtime.messages`, look which of them the
 * caller sees, roll back. The probes have no event and no payload, so policies cannot rely on those.
 */
export function readAccess(sql: postgres.Sql, claims: Claims, topic: string): Promise<Access> {
  return rolledBack(sql, async (tx) => {
    const probes = { broadcast: randomUUID(), presence: randomUUID() };
    await tx`
      insert into realtime.messages (id, topic, extension)
      values (${probes.broadcast}, ${topic}, 'broadcast'), (${probes.presence}, ${topic}, 'presence')
    `;
    await become(tx, claims, topic);
    const visible = await tx`select id from realtime.messages where id in ${tx(Object.values(probes))}`;
    const seen = new Set(visible.map(({ id }) => id));
    return { broadcast: seen.has(probes.broadcast), presence: seen.has(probes.presence) };
  });
}

/** Whether policies let `claims` send on a private topic. */
export function writeAccess(sql: postgres.Sql, claims: Claims, topic: string, extension: Extension): Promise<boolean> {
  return rolledBack(sql, async (tx) => {
    await become(tx, claims, topic);
    const attempt = tx.savepoint(
      (sp) => sp`insert into realtime.messages (topic, extension) values (${topic}, ${extension})`,
    );
    return attempt.then(
      () => true,
      (error: { code?: string }) => {
        if (error.code === "42501") return false;
        throw error;
      },
    );
  });
}

/** postgres.js sends a query when it is awaited: awaited here, the role is set before anything that follows. */
async function become(tx: postgres.TransactionSql, claims: Claims, topic: string): Promise<void> {
  await tx`
    select set_config('role', ${claims.role}, true), set_config('realtime.topic', ${topic}, true),
      set_config('request.jwt.claims', ${JSON.stringify(claims)}, true),
      set_config('request.jwt.claim.sub', ${claims.sub ?? ""}, true),
      set_config('request.jwt.claim.role', ${claims.role}, true)
  `;
}

const ROLLBACK = Symbol("rollback");

async function rolledBack<T>(sql: postgres.Sql, work: (tx: postgres.TransactionSql) => Promise<T>): Promise<T> {
  let result: T | undefined;
  try {
    await sql.begin(async (tx) => {
      result = await work(tx);
      throw ROLLBACK;
    });
  } catch (error) {
    if (error !== ROLLBACK) throw error;
  }
  return result as T;
}
