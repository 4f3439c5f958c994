import { jwtVerify, SignJWT } from "jose";
import type { SigningKeys } from "./signing-keys.ts";

/**
 * The lite package issues and understands HS256 tokens with few claims. Outside, a token is what a hosted project
 * issues: ES256, with `app_metadata` and the rest that row level security reads.
 */
export interface TokenExchange {
  /** The session in an answer of Auth, its access token made anew for the outside; any other answer unchanged. */
  outward(answer: unknown): Promise<unknown>;
  /** The Authorization header for the inside; rejects with a jose error for a token that is not ours or has expired. */
  inward(authorization: string | undefined): Promise<string | undefined>;
}

interface SessionAnswer {
  access_token: string;
  user: { phone?: string; app_metadata?: unknown; user_metadata?: unknown };
}

/** Exchanged tokens kept; a verification costs about 0.1 ms and a page makes several requests with one token. */
const CACHE_SIZE = 5000;

export function createTokenExchange(keys: SigningKeys, innerSecret: string, issuer: () => string): TokenExchange {
  const innerKey = new TextEncoder().encode(innerSecret);
  const exchanged = new Map<string, string>();

  async function exchange(token: string): Promise<string> {
    const known = exchanged.get(token);
    if (known) return known;
    // The copy keeps `exp`, so a cached one still expires.
    const inner = await new SignJWT(await keys.verify(token))
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .sign(innerKey);
    if (exchanged.size >= CACHE_SIZE) exchanged.clear();
    exchanged.set(token, inner);
    return inner;
  }

  return {
    async outward(answer) {
      if (!isSession(answer)) return answer;
      const { payload } = await jwtVerify(answer.access_token, innerKey, { algorithms: ["HS256"] });
      const { phone = "", app_metadata, user_metadata } = answer.user;
      const access_token = await keys.sign({
        ...payload,
        iss: issuer(),
        phone,
        app_metadata,
        user_metadata,
        aal: "aal1",
        amr: [{ method: "password", timestamp: payload.iat }],
        is_anonymous: false,
      });
      return { ...answer, access_token };
    },
    async inward(authorization) {
      const token = authorization?.replace(/^Bearer /i, "");
      // API keys are no tokens: three parts make one.
      if (token?.split(".").length !== 3) return authorization;
      return `Bearer ${await exchange(token)}`;
    },
  };
}

function isSession(answer: unknown): answer is SessionAnswer {
  const session = answer as Partial<SessionAnswer> | null;
  return typeof session?.access_token === "string" && typeof session.user === "object" && session.user !== null;
}
