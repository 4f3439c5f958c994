import { createRemoteJWKSet, jwtVerify, SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStack } from "./stack.ts";
import { define, startTestStack, type TestStack } from "./test-stack.ts";

let world: TestStack;
beforeAll(async () => {
  world = await startTestStack();
  await define(
    world,
    `
    create table public.probe_note (id int primary key);
    insert into public.probe_note values (1);
    alter table public.probe_note enable row level security;
    create policy staff on public.probe_note for select to authenticated
      using ((select auth.jwt() -> 'app_metadata' ->> 'role') = 'ops');
    grant select on public.probe_note to anon, authenticated;
    create function public.probe_whoami() returns jsonb language sql stable as $$
      select jsonb_build_object('user', current_user, 'uid', auth.uid(), 'email', auth.email(), 'role', auth.role())
    $$;
    `,
  );
});
afterAll(() => world?.stop());

async function tokenOf(client: Awaited<ReturnType<TestStack["signedIn"]>>): Promise<string> {
  const { data } = await client.auth.getSession();
  return data.session!.access_token;
}

test("a token carries the user's app_metadata and verifies by the public key set", async () => {
  const token = await tokenOf(await world.signedIn({ role: "ops" }));
  const issuer = `${world.stack.gatewayUrl}/auth/v1`;
  const { payload, protectedHeader } = await jwtVerify(
    token,
    createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`)),
    { issuer },
  );
  expect(protectedHeader.alg).toBe("ES256");
  expect(payload).toMatchObject({
    aud: "authenticated",
    role: "authenticated",
    app_metadata: { role: "ops" },
    aal: "aal1",
  });
});

test("supabase-js verifies the claims without asking the server about the user", async () => {
  const user = await world.signedIn({ role: "driver" });
  const { data } = await user.auth.getClaims();
  expect(data?.claims.app_metadata).toMatchObject({ role: "driver" });
  expect(data?.header.alg).toBe("ES256");
});

test("row level security decides by the role in app_metadata", async () => {
  const [ops, driver] = await Promise.all([world.signedIn({ role: "ops" }), world.signedIn({ role: "driver" })]);
  expect((await ops.from("probe_note").select()).data).toHaveLength(1);
  expect((await driver.from("probe_note").select()).data).toHaveLength(0);
  expect((await world.client().from("probe_note").select()).data).toHaveLength(0);
});

test("a function may ask who calls it", async () => {
  const user = await world.signedIn();
  const { data: session } = await user.auth.getUser();
  const { data } = await user.rpc("probe_whoami");
  expect(data).toEqual({
    user: "authenticated",
    uid: session.user?.id,
    email: session.user?.email,
    role: "authenticated",
  });
});

test("a refreshed token keeps its metadata", async () => {
  const user = await world.signedIn({ role: "store", nodes: ["n1"] });
  const { data } = await user.auth.refreshSession();
  expect(data.session).toBeTruthy();
  expect((await user.auth.getClaims()).data?.claims.app_metadata).toMatchObject({ role: "store", nodes: ["n1"] });
});

test("a token that we did not sign is refused", async () => {
  const secret = new TextEncoder().encode("x".repeat(40));
  const forged = await new SignJWT({ role: "service_role", aud: "authenticated", sub: crypto.randomUUID() })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime("1h")
    .sign(secret);
  const headers = { apikey: world.stack.publishableKey, authorization: `Bearer ${forged}` };
  expect((await fetch(`${world.stack.gatewayUrl}/rest/v1/probe_note`, { headers })).status).toBe(401);
  const genuine = await tokenOf(await world.signedIn({ role: "ops" }));
  const bent = { ...headers, authorization: `Bearer ${genuine.slice(0, -6)}AAAAAA` };
  expect((await fetch(`${world.stack.gatewayUrl}/rest/v1/probe_note`, { headers: bent })).status).toBe(401);
  expect((await fetch(`${world.stack.gatewayUrl}/auth/v1/user`, { headers: bent })).status).toBe(403);
});

test("nobody signs up by himself", async () => {
  const { data, error } = await world.client().auth.signUp({ email: "stranger@kept.test", password: "let me in" });
  expect(data.user).toBeNull();
  expect(error?.code).toBe("signup_disabled");
});

test("users are administered with the secret key only", async () => {
  const { error } = await world.client().auth.admin.listUsers();
  expect(error?.status).toBe(403);
});

test("the admin API refuses what no user can hold", async () => {
  const { admin } = world.client(world.stack.secretKey).auth;
  const { error } = await admin.createUser({ email: "nul@kept.example", app_metadata: { role: "\0" } });
  expect(error?.status).toBe(400);
});

test("the admin API creates, finds, changes and deletes a user", async () => {
  const { admin } = world.client(world.stack.secretKey).auth;
  const email = "Someone@kept.test";
  const { data: made } = await admin.createUser({ email, password: "first word", email_confirm: true });
  const id = made.user!.id;
  expect(made.user?.email).toBe("someone@kept.test");
  expect((await admin.createUser({ email, password: "other word" })).error?.code).toBe("email_exists");
  expect((await admin.getUserById(id)).data.user?.id).toBe(id);
  expect((await admin.listUsers({ perPage: 1000 })).data.users.map((user) => user.id)).toContain(id);

  await admin.updateUserById(id, { password: "second word", app_metadata: { role: "ops" } });
  const signIn = (password: string) => world.client().auth.signInWithPassword({ email, password });
  expect((await signIn("first word")).error?.code).toBe("invalid_credentials");
  expect((await signIn("second word")).data.user?.app_metadata).toMatchObject({ role: "ops" });

  expect((await admin.deleteUser(id)).error).toBeNull();
  expect((await admin.getUserById(id)).error?.code).toBe("user_not_found");
});

test("a sign-in survives a restart of the stack", async () => {
  const own = await startTestStack();
  const user = await own.signedIn({ role: "ops" });
  const token = await tokenOf(user);
  const gatewayPort = Number(new URL(own.stack.gatewayUrl).port);
  await own.stack.stop();
  const again = await startStack({
    stateDir: own.stateDir,
    gatewayPort,
    postgresPort: 0,
    siteUrl: "http://127.0.0.1:3000",
  });
  try {
    expect((await user.auth.getUser(token)).error).toBeNull();
    expect((await user.auth.refreshSession()).error).toBeNull();
  } finally {
    await again.stop();
    await own.stop();
  }
});
