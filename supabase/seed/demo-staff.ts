import { randomBytes } from "node:crypto";
import { createClient, isAuthRetryableFetchError } from "@supabase/supabase-js";
import type { Database, Transaction } from "#server/db/database.ts";

/** Printed at every start, so it opens only what runs on this machine for this machine. */
const EMBEDDED_PASSWORD = "keep-the-promise";
const AT_ONCE = 4;

export type StaffRole = "ops" | "store" | "driver";

export interface DemoPerson {
  readonly userId: string;
  readonly role: StaffRole;
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

const MAIN_STAFF = [
  { role: "ops", name: "Olivia Park", email: "ops@kept.example" },
  { role: "store", name: "Sam Okafor", email: "store@kept.example" },
  { role: "driver", name: "Dana Reis", email: "driver@kept.example" },
] as const;
export const MAIN_EMAILS: readonly string[] = MAIN_STAFF.map(({ email }) => email);

const FIRST_NAMES =
  "Ana Ben Carla Deniz Eva Filip Gala Hugo Iris Jonas Kim Leo Mara Nuno Olga Pavel Quinn Rita Sven Tara".split(" ");
const LAST_NAMES = "Abela Brandt Costa Duarte Eriksen Farrugia Gomes Horvat Ivanov Jensen".split(" ");

interface AuthProject {
  readonly supabaseUrl: string;
  readonly secretKey: string;
}

/**
 * Makes the accounts: one of ops, one of a store, and as many drivers as asked. On the embedded stack all have the same
 * well-known password; on a hosted project each has a random one.
 *
 * Retry     safe: an account that is there keeps its id and gets the password that is answered.
 */
export async function createAccounts(
  db: Database,
  { supabaseUrl, secretKey }: AuthProject,
  driverCount: number,
): Promise<DemoPerson[]> {
  const isEmbedded = isThisMachine(supabaseUrl);
  const more = Array.from({ length: Math.max(0, driverCount - 1) }, (_, i) => ({
    role: "driver" as const,
    name: `${FIRST_NAMES[i % FIRST_NAMES.length]} ${LAST_NAMES[(i * 3) % LAST_NAMES.length]}`,
    email: `driver-${String(i + 2).padStart(2, "0")}@kept.example`,
  }));
  const wanted = [...MAIN_STAFF, ...more].map((person) => ({
    ...person,
    password: isEmbedded ? EMBEDDED_PASSWORD : randomBytes(12).toString("base64url"),
  }));
  const { auth } = createClient(supabaseUrl, secretKey, { auth: { persistSession: false, autoRefreshToken: false } });
  const people: DemoPerson[] = [];
  for (let i = 0; i < wanted.length; i += AT_ONCE) {
    const made = wanted.slice(i, i + AT_ONCE).map(async (person) => {
      const { role, name, email, password } = person;
      const account = { email, password, email_confirm: true, app_metadata: { role }, user_metadata: { name } };
      let { data, error } = await auth.admin.createUser(account);
      // A connection that was kept open may just then be closed: whether the account was made is asked by making it again.
      if (isAuthRetryableFetchError(error)) ({ data, error } = await auth.admin.createUser(account));
      if (!error) return { ...person, userId: data.user!.id };
      if (error.code !== "email_exists") throw error;
      const [known] = await db<{ id: string }[]>`select id from auth.users where email = ${email}`;
      if (known === undefined) throw error;
      const change = await auth.admin.updateUserById(known.id, account);
      if (change.error) throw change.error;
      return { ...person, userId: known.id };
    });
    people.push(...(await Promise.all(made)));
  }
  return people;
}

/** Says what the accounts may do: ops everything, the store's person two central stores, each driver one van. */
export async function bindStaff(tx: Transaction, people: readonly DemoPerson[]): Promise<void> {
  await tx`
    insert into public.staff (user_id, role, name)
    select * from jsonb_to_recordset(${tx.json(people.map(({ userId, role, name }) => ({ user_id: userId, role, name })))})
      x (user_id uuid, role text, name text)
    on conflict (user_id) do update set role = excluded.role, name = excluded.name`;
  const idsOf = (role: StaffRole) => people.filter((person) => person.role === role).map(({ userId }) => userId);
  await tx`
    insert into public.staff_nodes (user_id, node_id)
    select person, node.id from unnest(${idsOf("store")}::uuid[]) person cross join lateral (
      select n.id from public.nodes n join public.regions r on r.id = n.region_id
      where n.kind = 'store'
      order by power((n.lng - r.lng) * cos(radians(r.lat)), 2) + power(n.lat - r.lat, 2), n.id
      limit 2
    ) node
    on conflict do nothing`;
  // One driver a van, both waves of the day: enough to follow any order of the demo to its door. The first driver's
  // van is the one whose home is nearest the middle, which is where most orders go.
  await tx`
    with vans as (
      select v.id, row_number() over (
        order by power((n.lng - r.lng) * cos(radians(r.lat)), 2) + power(n.lat - r.lat, 2), v.id) as place
      from public.vehicles v join public.nodes n on n.id = v.node_id join public.regions r on r.id = n.region_id
    ),
    drivers as (select id, place from unnest(${idsOf("driver")}::uuid[]) with ordinality d (id, place))
    update public.shift_rules s set driver_id = drivers.id
    from vans join drivers using (place)
    where s.vehicle_id = vans.id and s.driver_id is null`;
}

/** The sign-ins of an embedded demo that was seeded before; none on a hosted project, whose passwords nobody kept. */
export async function knownSignIns(
  db: Database,
  supabaseUrl: string,
): Promise<{ role: string; email: string; password: string }[]> {
  if (!isThisMachine(supabaseUrl)) return [];
  const people = await db<{ role: string; email: string }[]>`
    select s.role, u.email from public.staff s join auth.users u on u.id = s.user_id
    where u.email = any (${[...MAIN_EMAILS]}) order by array_position(${[...MAIN_EMAILS]}, u.email::text)`;
  return people.map((person) => ({ ...person, password: EMBEDDED_PASSWORD }));
}

function isThisMachine(url: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}
