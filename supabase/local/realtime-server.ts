import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { errors } from "jose";
import type postgres from "postgres";
import { type WebSocket, WebSocketServer } from "ws";
import {
  type Access,
  type ApiRole,
  type Claims,
  type Extension,
  isApiRole,
  readAccess,
  writeAccess,
} from "./realtime-authorization.ts";
import { Presence, type PresenceDiff } from "./realtime-presence.ts";
import {
  BroadcastPayload,
  decodeFrame,
  encodeFrame,
  type Frame,
  JoinPayload,
  PresencePayload,
  TokenPayload,
  type Version,
} from "./realtime-protocol.ts";
import type { SigningKeys } from "./signing-keys.ts";

interface Options {
  readonly sql: postgres.Sql;
  readonly keys: SigningKeys;
  /** The role that an API key stands for. */
  roleOfKey(apiKey: string | null): ApiRole | undefined;
}

/** A connection, which may join many channels. */
interface Connection {
  readonly socket: WebSocket;
  readonly version: Version;
  /** Who asks as long as no token says more. */
  readonly keyRole: ApiRole;
  /** By full topic (`realtime:…`), as frames name it. */
  readonly members: Map<string, Member>;
}

/** A connection's place in a channel. */
interface Member {
  readonly id: string;
  readonly connection: Connection;
  channel: Channel;
  readonly fullTopic: string;
  readonly joinRef: string | null;
  readonly hearsItself: boolean;
  readonly wantsAck: boolean;
  readonly wantsPresence: boolean;
  readonly presenceKey: string;
  token: string | undefined;
  claims: Claims;
  read: Access;
  /** What was asked of the policies so far; a new token forgets it. */
  write: Partial<Record<Extension, boolean>>;
  expiry: NodeJS.Timeout | undefined;
}

/** A public and a private channel of the same topic are different channels. */
interface Channel {
  readonly topic: string;
  readonly isPrivate: boolean;
  readonly members: Set<Member>;
  readonly presence: Presence;
}

const EVERYTHING: Access = { broadcast: true, presence: true };
const MAX_FRAME_BYTES = 3_000_000;
/** A client that reads slower than this much behind is cut off: it reconnects and refetches. */
const MAX_UNSENT_BYTES = 16_000_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * A stand-in for the hosted Realtime server: broadcast from clients and from the database, presence, and private
 * channels decided by row level security. Not `postgres_changes`: a subscription to them is answered with an error.
 */
export class RealtimeServer {
  readonly #options: Options;
  readonly #channels = new Map<string, Channel>();
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });

  constructor(options: Options) {
    this.#options = options;
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { searchParams } = new URL(request.url ?? "/", "http://localhost");
    const keyRole = this.#options.roleOfKey(searchParams.get("apikey"));
    if (!keyRole) {
      socket.end("HTTP/1.1 401 Unauthorized\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    const version: Version = searchParams.get("vsn") === "2.0.0" ? "2.0.0" : "1.0.0";
    this.#sockets.handleUpgrade(request, socket, head, (ws) =>
      this.#open({ socket: ws, version, keyRole, members: new Map() }),
    );
  }

  /** Delivers to everybody who may hear the topic, except `sender`. */
  broadcast(topic: string, isPrivate: boolean, event: string, payload: unknown, id?: string, sender?: Member): void {
    const message = { type: "broadcast", event, payload, ...(id && { meta: { id } }) };
    for (const member of this.#channels.get(channelKey(topic, isPrivate))?.members ?? []) {
      if (member !== sender && member.read.broadcast) tell(member, "broadcast", message);
    }
  }

  close(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
  }

  #open(connection: Connection): void {
    const { socket, version } = connection;
    // One frame after the other: a leave, or the end of the connection, must not overtake a join that waits for the database.
    let queue = Promise.resolve();
    socket.on("message", (data, isBinary) => {
      let frame: Frame;
      try {
        frame = decodeFrame(data as Buffer, isBinary, version);
      } catch {
        socket.close(1003, "not a frame");
        return;
      }
      queue = queue
        .then(() => this.#receive(connection, frame))
        .catch(() => reply(connection, frame, "error", { reason: "Unknown Error on Channel" }));
    });
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      queue = queue.then(() => {
        for (const member of connection.members.values()) this.#leave(member);
      });
    });
  }

  async #receive(connection: Connection, frame: Frame): Promise<void> {
    if (frame.topic === "phoenix") return reply(connection, frame, "ok");
    if (frame.event === "phx_join") return this.#join(connection, frame);
    const member = connection.members.get(frame.topic);
    if (!member) return reply(connection, frame, "error", { reason: "unmatched topic" });
    switch (frame.event) {
      case "phx_leave":
        this.#leave(member);
        reply(connection, frame, "ok");
        return send(connection, {
          joinRef: member.joinRef,
          ref: member.joinRef,
          topic: frame.topic,
          event: "phx_close",
          payload: {},
        });
      case "access_token":
        return this.#renew(member, TokenPayload.parse(frame.payload).access_token ?? undefined);
      case "broadcast":
        return this.#broadcastFrom(member, frame);
      case "presence":
        return this.#presenceOf(member, frame);
    }
  }

  async #join(connection: Connection, frame: Frame): Promise<void> {
    const earlier = connection.members.get(frame.topic);
    if (earlier) this.#leave(earlier);
    const topic = frame.topic.replace(/^realtime:/, "");
    if (topic === "") {
      return reply(connection, frame, "error", { reason: "TopicNameRequired: You must provide a topic name" });
    }
    const { config, access_token: token } = JoinPayload.parse(frame.payload ?? {});
    const member: Member = {
      id: randomUUID(),
      connection,
      channel: this.#channel(topic, config.private),
      fullTopic: frame.topic,
      joinRef: frame.joinRef ?? frame.ref,
      hearsItself: config.broadcast.self,
      wantsAck: config.broadcast.ack,
      wantsPresence: config.presence.enabled,
      presenceKey: config.presence.key || randomUUID(),
      token: undefined,
      claims: { role: connection.keyRole },
      read: EVERYTHING,
      write: {},
      expiry: undefined,
    };
    const refusal = await this.#authorize(member, token ?? undefined);
    if (refusal) {
      this.#leave(member);
      return reply(connection, frame, "error", { reason: refusal });
    }
    // While the policies were asked, the last member may have left and taken the channel along.
    member.channel = this.#channel(topic, config.private);
    member.channel.members.add(member);
    connection.members.set(frame.topic, member);
    reply(connection, frame, "ok", {
      postgres_changes: config.postgres_changes.map((change, i) => ({ id: i + 1, ...change })),
    });
    if (config.postgres_changes.length > 0) {
      const message = "postgres_changes is not available on the embedded server: use database broadcast";
      tell(member, "system", { extension: "postgres_changes", status: "error", channel: topic, message });
    }
    if (member.wantsPresence && member.read.presence) {
      tell(member, "presence_state", member.channel.presence.state());
    }
  }

  async #renew(member: Member, token: string | undefined): Promise<void> {
    if (!token || isApiKey(token) || token === member.token) return;
    const refusal = await this.#authorize(member, token);
    if (refusal) this.#expel(member, refusal);
  }

  async #broadcastFrom(member: Member, frame: Frame): Promise<void> {
    const { event, payload } = BroadcastPayload.parse(frame.payload);
    // The hosted server drops what may not be sent without a word.
    if (!(await this.#mayWrite(member, "broadcast"))) return;
    const { topic, isPrivate } = member.channel;
    this.broadcast(topic, isPrivate, event, payload, undefined, member.hearsItself ? undefined : member);
    if (member.wantsAck) reply(member.connection, frame, "ok");
  }

  async #presenceOf(member: Member, frame: Frame): Promise<void> {
    const { event, payload } = PresencePayload.parse(frame.payload);
    if (!(await this.#mayWrite(member, "presence"))) return reply(member.connection, frame, "error");
    const { presence } = member.channel;
    const diff =
      event === "track"
        ? presence.track(member.id, member.presenceKey, { ...payload, phx_ref: randomUUID() })
        : presence.untrack(member.id);
    this.#announce(member.channel, diff);
    reply(member.connection, frame, "ok");
  }

  /** Takes a token over, or says why not. Without one the API key's role asks. */
  async #authorize(member: Member, token: string | undefined): Promise<string | undefined> {
    let claims: Claims = { role: member.connection.keyRole };
    if (token && !isApiKey(token)) {
      try {
        const payload = await this.#options.keys.verify(token);
        if (!isApiRole(payload.role)) return "InvalidJWTToken: The token provided is not a valid JWT";
        claims = { ...payload, role: payload.role };
      } catch (error) {
        const expired = error instanceof errors.JWTExpired;
        return `InvalidJWTToken: ${expired ? "Token has expired" : "The token provided is not a valid JWT"}`;
      }
    }
    clearTimeout(member.expiry);
    member.token = token;
    member.claims = claims;
    member.write = {};
    if (claims.exp !== undefined) {
      const leftMs = Math.min(claims.exp * 1000 - Date.now(), LONGEST_TIMER_MS);
      member.expiry = setTimeout(() => this.#expel(member, "Token has expired"), leftMs).unref();
    }
    const { topic, isPrivate } = member.channel;
    if (isPrivate) member.read = await readAccess(this.#options.sql, claims, topic);
    if (member.read.broadcast || member.read.presence) return undefined;
    return `Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`;
  }

  async #mayWrite(member: Member, extension: Extension): Promise<boolean> {
    const { topic, isPrivate } = member.channel;
    if (!isPrivate) return true;
    member.write[extension] ??= await writeAccess(this.#options.sql, member.claims, topic, extension);
    return member.write[extension];
  }

  /** Ends a membership that the caller has no right to any more. The client does not rejoin by itself. */
  #expel(member: Member, message: string): void {
    tell(member, "system", { extension: "system", status: "error", message, channel: member.channel.topic });
    this.#leave(member);
    const { connection, joinRef, fullTopic: topic } = member;
    send(connection, { joinRef, ref: joinRef, topic, event: "phx_close", payload: {} });
  }

  #leave(member: Member): void {
    clearTimeout(member.expiry);
    const { channel, connection } = member;
    channel.members.delete(member);
    if (connection.members.get(member.fullTopic) === member) connection.members.delete(member.fullTopic);
    this.#announce(channel, channel.presence.untrack(member.id));
    const key = channelKey(channel.topic, channel.isPrivate);
    if (channel.members.size === 0 && this.#channels.get(key) === channel) this.#channels.delete(key);
  }

  #announce(channel: Channel, diff: PresenceDiff): void {
    if (Object.keys(diff.joins).length + Object.keys(diff.leaves).length === 0) return;
    for (const member of channel.members) {
      if (member.read.presence) tell(member, "presence_diff", diff);
    }
  }

  #channel(topic: string, isPrivate: boolean): Channel {
    const key = channelKey(topic, isPrivate);
    let channel = this.#channels.get(key);
    if (!channel) {
      channel = { topic, isPrivate, members: new Set(), presence: new Presence() };
      this.#channels.set(key, channel);
    }
    return channel;
  }
}

function channelKey(topic: string, isPrivate: boolean): string {
  return `${isPrivate ? "private" : "public"}:${topic}`;
}

/** In the place of a token an API key means: as the key's role. */
function isApiKey(token: string): boolean {
  return token.startsWith("sb_");
}

/**
 * Names the membership it is said to. A client may leave and join again in one breath, and what was still on its way to
 * the first membership would otherwise count for the second: somebody who came in between and left is then there for ever.
 */
function tell({ connection, joinRef, fullTopic: topic }: Member, event: string, payload: unknown): void {
  send(connection, { joinRef, ref: null, topic, event, payload });
}

function reply(connection: Connection, to: Frame, status: "ok" | "error", response: object = {}): void {
  send(connection, {
    joinRef: to.joinRef,
    ref: to.ref,
    topic: to.topic,
    event: "phx_reply",
    payload: { status, response },
  });
}

function send({ socket, version }: Connection, frame: Frame): void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > MAX_UNSENT_BYTES) socket.terminate();
  else socket.send(encodeFrame(frame, version));
}
