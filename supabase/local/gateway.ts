import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { errors } from "jose";
import type postgres from "postgres";
import { z } from "zod";
import { createAuthAdmin, isAuthAdminPath } from "./auth-admin.ts";
import type { DataApi } from "./data-api.ts";
import { operatorFault } from "./host-fault.ts";
import { jsonResponse } from "./json-response.ts";
import type { ApiRole } from "./realtime-authorization.ts";
import { RealtimeServer } from "./realtime-server.ts";
import type { Secrets } from "./secrets.ts";
import type { SigningKeys } from "./signing-keys.ts";
import { createTokenExchange } from "./token-exchange.ts";

/** The one address that supabase-js talks to: REST, Auth and Realtime under their hosted paths. */
export interface Gateway {
  readonly url: string;
  readonly realtime: RealtimeServer;
  close(): Promise<void>;
}

interface Options {
  /** 0 takes a free one. */
  readonly port: number;
  readonly api: DataApi;
  readonly secrets: Secrets;
  readonly keys: SigningKeys;
  readonly sql: postgres.Sql;
}

/** Auth answers these with a session, whose token must become one for the outside. */
const SESSION_PATHS = new Set(["/auth/v1/token", "/auth/v1/signup", "/auth/v1/verify"]);
const BROADCAST_PATH = "/realtime/v1/api/broadcast";

export async function startGateway({ port, api, secrets, keys, sql }: Options): Promise<Gateway> {
  let url = "";
  const exchange = createTokenExchange(keys, secrets.innerJwtSecret, () => `${url}/auth/v1`);
  const admin = createAuthAdmin(sql, secrets.secretKey);
  const roleOfKey = (key: string | null): ApiRole | undefined => {
    if (key === secrets.publishableKey) return "anon";
    return key === secrets.secretKey ? "service_role" : undefined;
  };
  const realtime = new RealtimeServer({ sql, keys, roleOfKey });

  async function handle(request: Request, peerAddress: string | null): Promise<Response> {
    const { pathname } = new URL(request.url);
    const isPreflight = request.method === "OPTIONS";
    if (pathname === "/auth/v1/.well-known/jwks.json") return jsonResponse(keys.jwks);
    if (isAuthAdminPath(pathname) && !isPreflight) return admin(request);
    if (pathname.startsWith(BROADCAST_PATH) && !isPreflight) {
      if (roleOfKey(request.headers.get("apikey")) !== "service_role")
        return jsonResponse({ message: "Unauthorized" }, 401);
      return broadcastFromRequest(realtime, request);
    }
    const response = await api.fetch(request, peerAddress);
    if (request.method !== "POST" || !response.ok || !SESSION_PATHS.has(pathname)) return response;
    const headers = new Headers(response.headers);
    headers.delete("content-length");
    return Response.json(await exchange.outward(await response.json()), { status: response.status, headers });
  }

  const listener = getRequestListener((request, { incoming }) =>
    handle(request, incoming.socket.remoteAddress ?? null).catch((error: unknown) => {
      if (error instanceof URIError) return jsonResponse({ message: "Bad Request" }, 400);
      console.error(error);
      return jsonResponse({ message: "Internal Server Error" }, 500);
    }),
  );
  const server = createServer(async (incoming, outgoing) => {
    if (answerPreflight(incoming, outgoing)) return;
    try {
      setAuthorization(incoming, await exchange.inward(incoming.headers.authorization));
    } catch (error) {
      const refusal = refuseToken(incoming.url ?? "", error instanceof errors.JWTExpired);
      outgoing.writeHead(refusal.status, Object.fromEntries(refusal.headers)).end(await refusal.text());
      return;
    }
    await listener(incoming, outgoing);
  });
  server.on("upgrade", (request, socket, head) => {
    if (request.url?.startsWith("/realtime/v1/websocket")) realtime.handleUpgrade(request, socket, head);
    else socket.destroy();
  });
  url = `http://127.0.0.1:${await listen(server, port)}`;

  return {
    url,
    realtime,
    async close() {
      realtime.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(operatorFault(error, { dir: "", port, portVariable: "KEPT_GATEWAY_PORT" })));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

/**
 * Lets pages of any origin call and read, as a hosted project does: a key or a token says who asks, never a cookie.
 * The lite package does so for its Data API alone; Auth answered a browser's sign-in without these headers.
 * Returns whether the request was a preflight, which is then answered.
 */
function answerPreflight(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
  outgoing.setHeader("access-control-allow-origin", "*");
  outgoing.setHeader("access-control-expose-headers", "Content-Range, Preference-Applied, X-Sb-Error-Code");
  if (incoming.method !== "OPTIONS" || incoming.headers["access-control-request-method"] === undefined) return false;
  outgoing.writeHead(204, {
    "access-control-allow-methods": "GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD",
    "access-control-allow-headers": incoming.headers["access-control-request-headers"] ?? "",
    "access-control-max-age": "86400",
  });
  outgoing.end();
  return true;
}

/** In the words of PostgREST or of Auth: supabase-js ends a session by them, or refreshes it. */
function refuseToken(path: string, expired: boolean): Response {
  if (path.startsWith("/auth/")) {
    const msg = `invalid JWT: ${expired ? "token is expired" : "signature is invalid"}`;
    return jsonResponse({ code: 403, error_code: "bad_jwt", msg }, 403);
  }
  const [code, message] = expired ? ["PGRST303", "JWT expired"] : ["PGRST301", "JWT could not be verified"];
  return jsonResponse({ code, message, details: null, hint: null }, 401);
}

/** The request that the lite package sees is made from the raw headers, so it must be exchanged in both places. */
function setAuthorization(incoming: IncomingMessage, value: string | undefined): void {
  if (value === undefined || value === incoming.headers.authorization) return;
  incoming.headers.authorization = value;
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    if (incoming.rawHeaders[i]?.toLowerCase() === "authorization") incoming.rawHeaders[i + 1] = value;
  }
}

const Messages = z.object({
  messages: z
    .array(
      z.object({ topic: z.string(), event: z.string(), payload: z.unknown(), private: z.boolean().default(false) }),
    )
    .max(1000),
});

/** Broadcast over HTTP, in its two forms: a list of messages, or one whose topic and event stand in the path. */
async function broadcastFromRequest(realtime: RealtimeServer, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const body: unknown = await request.json().catch(() => undefined);
  const [, topic, event] = /\/broadcast\/([^/]+)\/events\/([^/]+)$/.exec(url.pathname) ?? [];
  if (topic !== undefined && event !== undefined) {
    const isPrivate = url.searchParams.get("private") === "true";
    realtime.broadcast(decodeURIComponent(topic), isPrivate, decodeURIComponent(event), body);
  } else {
    const parsed = Messages.safeParse(body);
    if (!parsed.success) return jsonResponse({ message: z.prettifyError(parsed.error) }, 422);
    for (const one of parsed.data.messages) realtime.broadcast(one.topic, one.private, one.event, one.payload);
  }
  return new Response(null, { status: 202, headers: { "access-control-allow-origin": "*" } });
}
