import type { RealtimeChannel, SupabaseClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { define, startTestStack, type TestStack } from "./test-stack.ts";

let world: TestStack;
beforeAll(async () => {
  world = await startTestStack();
  await define(
    world,
    `
    create table public.probe_event (id int primary key, slot text not null);
    alter table public.probe_event enable row level security;
    create function public.probe_announce() returns trigger language plpgsql security definer set search_path = '' as $$
    begin
      perform realtime.send(jsonb_build_object('id', new.id), 'changed', 'slot:' || new.slot, true);
      return null;
    end $$;
    create trigger announce after insert on public.probe_event for each row execute function public.probe_announce();

    create policy staff_hear on realtime.messages for select to authenticated
      using (realtime.topic() like 'slot:%' and (select auth.jwt() -> 'app_metadata' ->> 'role') = 'ops');
    create policy staff_say on realtime.messages for insert to authenticated
      with check (realtime.topic() like 'slot:%' and (select auth.jwt() -> 'app_metadata' ->> 'role') = 'ops');
    `,
  );
});
afterAll(() => world?.stop());

interface Heard {
  event: string;
  payload: Record<string, unknown>;
}

/** Joins and collects what is broadcast; rejects with the reason when the server refuses. */
async function join(
  client: SupabaseClient,
  topic: string,
  config: object = {},
): Promise<{ channel: RealtimeChannel; heard: Heard[] }> {
  const heard: Heard[] = [];
  const channel = client.channel(topic, { config: { private: true, ...config } });
  channel.on("broadcast", { event: "*" }, ({ event, payload }) => heard.push({ event, payload }));
  await subscribed(channel);
  return { channel, heard };
}

function subscribed(channel: RealtimeChannel): Promise<void> {
  return new Promise((resolve, reject) => {
    channel.subscribe((status, error) => {
      if (status === "SUBSCRIBED") resolve();
      else reject(error ?? new Error(status));
    });
  });
}

test("a message that a trigger sends reaches those whom a policy lets hear it", async () => {
  const { heard } = await join(await world.signedIn({ role: "ops" }), "slot:a");
  await world.sql`insert into public.probe_event values (1, 'a'), (2, 'b')`;
  await expect.poll(() => heard).toEqual([{ event: "changed", payload: { id: 1 } }]);
});

test("a message of a transaction that rolls back is never heard", async () => {
  const { heard } = await join(await world.signedIn({ role: "ops" }), "slot:rollback");
  await world.sql
    .begin(async (tx) => {
      await tx`insert into public.probe_event values (3, 'rollback')`;
      throw new Error("no");
    })
    .catch(() => {});
  await world.sql`insert into public.probe_event values (4, 'rollback')`;
  await expect.poll(() => heard).toEqual([{ event: "changed", payload: { id: 4 } }]);
});

test("a private channel refuses those whom no policy lets in", async () => {
  const driver = await world.signedIn({ role: "driver" });
  await expect(join(driver, "slot:a")).rejects.toThrow(/Unauthorized/);
  await expect(join(world.client(), "slot:a")).rejects.toThrow(/Unauthorized/);
});

test("a public channel of the same name does not hear the private one", async () => {
  const { heard: outside } = await join(world.client(), "slot:two-worlds", { private: false });
  const { heard: inside } = await join(await world.signedIn({ role: "ops" }), "slot:two-worlds");
  await world.sql`insert into public.probe_event values (5, 'two-worlds')`;
  await expect.poll(() => inside).toHaveLength(1);
  expect(outside).toEqual([]);
});

test("clients broadcast to each other, with an echo and an acknowledgement where asked for", async () => {
  const ops = await world.signedIn({ role: "ops" });
  const other = await world.signedIn({ role: "ops" });
  const sender = await join(ops, "slot:talk", { broadcast: { self: true, ack: true } });
  const listener = await join(other, "slot:talk");
  const payload = { text: "größer als 20 kB ✓", filler: "x".repeat(20_000) };
  expect(await sender.channel.send({ type: "broadcast", event: "note", payload })).toBe("ok");
  await expect
    .poll(() => [sender.heard, listener.heard])
    .toEqual([[{ event: "note", payload }], [{ event: "note", payload }]]);
});

test("the server broadcasts over HTTP with the secret key, and nobody else does", async () => {
  const { heard } = await join(await world.signedIn({ role: "ops" }), "slot:http");
  const post = (apikey: string) =>
    fetch(`${world.stack.gatewayUrl}/realtime/v1/api/broadcast`, {
      method: "POST",
      headers: { apikey, "content-type": "application/json" },
      body: JSON.stringify({ messages: [{ topic: "slot:http", event: "posted", payload: { n: 1 }, private: true }] }),
    });
  expect((await post(world.stack.publishableKey)).status).toBe(401);
  expect((await post(world.stack.secretKey)).status).toBe(202);
  await expect.poll(() => heard).toEqual([{ event: "posted", payload: { n: 1 } }]);
});

test("presence tells who is there, who comes and who goes", async () => {
  const channels = await Promise.all(
    ["ann", "bob"].map(async (key) => {
      const client = await world.signedIn({ role: "ops" });
      const channel = client.channel("slot:presence", { config: { private: true, presence: { key } } });
      channel.on("presence", { event: "sync" }, () => {});
      await subscribed(channel);
      await channel.track({ name: key });
      return { client, channel };
    }),
  );
  const [ann, bob] = channels as [(typeof channels)[0], (typeof channels)[0]];
  // Each has a connection of its own: what one has heard, the other may still have to hear.
  for (const { channel } of channels)
    await expect.poll(() => channel.presenceState()).toMatchObject({ ann: [{ name: "ann" }], bob: [{ name: "bob" }] });
  await bob.client.removeAllChannels();
  await expect.poll(() => Object.keys(ann.channel.presenceState())).toEqual(["ann"]);
});

test("what is said to a membership names it, so that the next one on the topic does not take it for its own", async () => {
  const url = world.stack.gatewayUrl.replace("http", "ws");
  const socket = new WebSocket(`${url}/realtime/v1/websocket?apikey=${world.stack.publishableKey}&vsn=2.0.0`);
  const heard: unknown[] = [];
  socket.on("message", (data) => heard.push(JSON.parse(String(data)).slice(0, 4)));
  await new Promise((resolve) => socket.on("open", resolve));
  const topic = "realtime:open";
  for (const ref of ["7", "8"])
    socket.send(JSON.stringify([ref, ref, topic, "phx_join", { config: { presence: { enabled: true } } }]));
  await expect
    .poll(() => heard)
    .toEqual([
      ["7", "7", topic, "phx_reply"],
      ["7", null, topic, "presence_state"],
      ["8", "8", topic, "phx_reply"],
      ["8", null, topic, "presence_state"],
    ]);
  socket.close();
});

test("delivery resumes after the replication connection is lost", async () => {
  const { heard } = await join(await world.signedIn({ role: "ops" }), "slot:lost");
  await world.sql`select pg_terminate_backend(pid) from pg_stat_replication`;
  let id = 100;
  await expect
    .poll(
      async () => {
        await world.sql`insert into public.probe_event values (${id++}, 'lost')`;
        return heard.length;
      },
      { timeout: 15_000, interval: 200 },
    )
    .toBeGreaterThan(0);
});

test("a membership ends with the token that it was granted on", async () => {
  const own = await startTestStack({ tokenLifetimeSec: 2 });
  try {
    const user = await own.signedIn();
    const said: unknown[] = [];
    const channel = user.channel("room", { config: { private: false } });
    channel.on("system", {}, (message) => said.push(message));
    await subscribed(channel);
    await expect
      .poll(() => said, { timeout: 10_000 })
      .toContainEqual(expect.objectContaining({ message: "Token has expired" }));
  } finally {
    await own.stop();
  }
});

test("a connection with a wrong API key is refused before it is opened", async () => {
  const url = world.stack.gatewayUrl.replace("http", "ws");
  const socket = new WebSocket(`${url}/realtime/v1/websocket?apikey=sb_publishable_wrong&vsn=2.0.0`);
  const refusal = await new Promise<Error>((resolve) => socket.on("error", resolve));
  expect(refusal.message).toContain("401");
});

test("garbage ends its own connection and nobody else's", async () => {
  const { heard } = await join(await world.signedIn({ role: "ops" }), "slot:steady");
  const url = world.stack.gatewayUrl.replace("http", "ws");
  for (const garbage of ["no json", "[1]", Buffer.from([3, 255, 255, 255, 255, 255, 1]), Buffer.from([9])]) {
    const socket = new WebSocket(`${url}/realtime/v1/websocket?apikey=${world.stack.publishableKey}&vsn=2.0.0`);
    await new Promise((resolve) => socket.on("open", resolve));
    socket.send(garbage);
    expect(await new Promise((resolve) => socket.on("close", resolve))).toBe(1003);
  }
  await world.sql`insert into public.probe_event values (200, 'steady')`;
  await expect.poll(() => heard).toHaveLength(1);
});
