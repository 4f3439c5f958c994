import postgres from "postgres";
import { z } from "zod";
import { jsonResponse } from "./json-response.ts";

/**
 * The part of Auth's admin API that supabase-js calls as `auth.admin.*User`, which the lite package lacks. With it
 * one seed in TypeScript makes staff with roles here and on a hosted project.
 */
export type AuthAdmin = (request: Request) => Promise<Response>;

const PATH = "/auth/v1/admin/users";

const Metadata = z.record(z.string(), z.json());
const NewUser = z.object({
  id: z.uuid().optional(),
  email: z.email().toLowerCase(),
  password: z.string().min(6).max(72).optional(),
  email_confirm: z.boolean().default(false),
  app_metadata: Metadata.default({}),
  user_metadata: Metadata.default({}),
});
const UserChange = z.object({
  email: z.email().toLowerCase().optional(),
  password: z.string().min(6).max(72).optional(),
  email_confirm: z.boolean().optional(),
  app_metadata: Metadata.optional(),
  user_metadata: Metadata.optional(),
});
const Page = z.object({
  page: z.coerce.number().int().min(1).catch(1),
  per_page: z.coerce.number().int().min(1).max(1000).catch(50),
});

interface UserRow {
  id: string;
  aud: string;
  role: string;
  email: string | null;
  phone: string | null;
  raw_app_meta_data: unknown;
  raw_user_meta_data: unknown;
  email_confirmed_at: Date | null;
  created_at: Date;
  updated_at: Date;
  last_sign_in_at: Date | null;
}

export function isAuthAdminPath(pathname: string): boolean {
  return pathname === PATH || pathname.startsWith(`${PATH}/`);
}

export function createAuthAdmin(sql: postgres.Sql, secretKey: string): AuthAdmin {
  return async (request) => {
    if (request.headers.get("apikey") !== secretKey) return refusal(403, "not_admin", "User not allowed");
    const url = new URL(request.url);
    const id = url.pathname.slice(PATH.length + 1);
    if (id && !z.uuid().safeParse(id).success) return refusal(404, "validation_failed", "user_id must be an UUID");
    const hasBody = request.method === "POST" || request.method === "PUT";
    const body: unknown = hasBody ? await request.json().catch(() => undefined) : undefined;
    try {
      if (request.method === "GET" && !id) return await listUsers(sql, url);
      if (request.method === "POST" && !id) return await createUser(sql, body);
      if (request.method === "GET") return one(await sql<UserRow[]>`select * from auth.users where id = ${id}`);
      if (request.method === "PUT") return await updateUser(sql, id, body);
      if (request.method === "DELETE")
        return one(await sql<UserRow[]>`delete from auth.users where id = ${id} returning *`);
      return refusal(405, "method_not_allowed", "Method not allowed");
    } catch (error) {
      if (error instanceof z.ZodError) return refusal(400, "validation_failed", z.prettifyError(error));
      if (error instanceof postgres.PostgresError && error.code === "23505") return emailExists();
      // Data that no column can hold, such as a NUL.
      if (error instanceof postgres.PostgresError && error.code.startsWith("22"))
        return refusal(400, "validation_failed", error.message);
      throw error;
    }
  };
}

async function listUsers(sql: postgres.Sql, url: URL): Promise<Response> {
  const { page, per_page } = Page.parse(Object.fromEntries(url.searchParams));
  const users = await sql<UserRow[]>`
    select * from auth.users order by created_at desc, id limit ${per_page} offset ${(page - 1) * per_page}
  `;
  return jsonResponse({ users: users.map(publicUser), aud: "authenticated" });
}

async function createUser(sql: postgres.Sql, body: unknown): Promise<Response> {
  const user = NewUser.parse(body);
  const id = user.id ?? crypto.randomUUID();
  // Without a password nobody can sign in with one.
  const password = user.password ?? crypto.randomUUID();
  const appMetadata = { provider: "email", providers: ["email"], ...user.app_metadata };
  const identity = { sub: id, email: user.email, email_verified: user.email_confirm };
  return sql.begin(async (tx) => {
    const [taken] = await tx`select from auth.users where email = ${user.email}`;
    if (taken) return emailExists();
    const made = await tx<UserRow[]>`
      insert into auth.users (
        id, aud, role, email, encrypted_password, email_confirmed_at,
        raw_app_meta_data, raw_user_meta_data, created_at, updated_at
      ) values (
        ${id}, 'authenticated', 'authenticated', ${user.email}, ${hashed(tx, password)},
        ${user.email_confirm ? tx`now()` : null}, ${tx.json(appMetadata)}, ${tx.json(user.user_metadata)}, now(), now()
      ) returning *
    `;
    await tx`
      insert into auth.identities (id, provider_id, user_id, identity_data, provider, created_at, updated_at)
      values (gen_random_uuid(), ${id}, ${id}, ${tx.json(identity)}, 'email', now(), now())
    `;
    return one(made);
  });
}

async function updateUser(sql: postgres.Sql, id: string, body: unknown): Promise<Response> {
  const change = UserChange.parse(body);
  return one(
    await sql<UserRow[]>`
      update auth.users set
        email = coalesce(${change.email ?? null}, email),
        encrypted_password = ${change.password === undefined ? sql`encrypted_password` : hashed(sql, change.password)},
        email_confirmed_at = ${change.email_confirm ? sql`coalesce(email_confirmed_at, now())` : sql`email_confirmed_at`},
        raw_app_meta_data = raw_app_meta_data || ${sql.json(change.app_metadata ?? {})},
        raw_user_meta_data = raw_user_meta_data || ${sql.json(change.user_metadata ?? {})},
        updated_at = now()
      where id = ${id}
      returning *
    `,
  );
}

/** bcrypt, which the lite package verifies at sign-in. */
function hashed(sql: postgres.ISql, password: string) {
  return sql`extensions.crypt(${password}, extensions.gen_salt('bf', 10))`;
}

function one([user]: readonly UserRow[]): Response {
  return user ? jsonResponse(publicUser(user)) : refusal(404, "user_not_found", "User not found");
}

function publicUser(row: UserRow) {
  return {
    id: row.id,
    aud: row.aud,
    role: row.role,
    email: row.email ?? "",
    phone: row.phone ?? "",
    app_metadata: row.raw_app_meta_data ?? {},
    user_metadata: row.raw_user_meta_data ?? {},
    email_confirmed_at: row.email_confirmed_at,
    created_at: row.created_at,
    updated_at: row.updated_at,
    last_sign_in_at: row.last_sign_in_at,
    identities: [],
  };
}

function emailExists(): Response {
  return refusal(422, "email_exists", "A user with this email address has already been registered");
}

function refusal(code: number, error_code: string, msg: string): Response {
  return jsonResponse({ code, error_code, msg }, code);
}
