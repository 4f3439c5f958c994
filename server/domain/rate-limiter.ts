import * as z from "zod";

/** Calls in a row after a rest, and a second for as long as one likes. */
export interface Allowance {
  readonly burst: number;
  readonly perSec: number;
}

/** What calls are for; each kind is counted by itself. `request` is any HTTP request, before anything of it is read. */
export const CallKind = z.enum(["request", "tile", "read", "quote", "hold", "check", "staff"]);
export type CallKind = z.infer<typeof CallKind>;
export type Allowances = Readonly<Record<CallKind, Allowance>>;

/**
 * Roomy for some dozens of shoppers behind one address, and narrow for a program: an address that quotes all it may costs
 * a tenth of a core.
 */
export const DEFAULT_ALLOWANCES: Allowances = {
  request: { burst: 600, perSec: 40 },
  tile: { burst: 1500, perSec: 100 },
  read: { burst: 600, perSec: 40 },
  quote: { burst: 120, perSec: 4 },
  hold: { burst: 60, perSec: 2 },
  check: { burst: 300, perSec: 20 },
  staff: { burst: 900, perSec: 60 },
};

/** Says how many calls of a kind one network address may make: "quote=120/4 hold=60/2", the rest by default; or "off". */
export const RATE_LIMITS_VARIABLE = "KEPT_RATE_LIMITS";

/** Allowances as the variable says them, or null for "off". Throws on what is neither. */
export function readAllowances(text: string | undefined): Allowances | null {
  const given = (text ?? "").trim();
  if (given === "off") return null;
  const allowances: Record<CallKind, Allowance> = { ...DEFAULT_ALLOWANCES };
  for (const entry of given.split(/\s+/).filter(Boolean)) {
    const [, name, burst, perSec] = /^(\w+)=(\d{1,6})\/(\d{1,6}(?:\.\d{1,3})?)$/.exec(entry) ?? [];
    const kind = CallKind.safeParse(name);
    if (!kind.success || Number(burst) < 1 || Number(perSec) <= 0)
      throw new Error(`${RATE_LIMITS_VARIABLE} is "off" or a list such as "quote=120/4 hold=60/2", not "${given}"`);
    allowances[kind.data] = { burst: Number(burst), perSec: Number(perSec) };
  }
  return allowances;
}

export interface RateLimiter {
  /** 0 when `who` may make one more call, which is then counted; else in how many whole seconds, and nothing is counted. */
  take(kind: CallKind, who: string | null): number;
}

/** Whoever has more addresses than this at work does not need to be forgotten by us. */
const REMEMBERED = 10_000;

/**
 * Counts the calls of each network address: a bucket of tokens that fills up again (as GCRA, ITU-T I.371: all that is
 * remembered of a bucket is when it will be full). Those whose address nobody knows share one.
 *
 * Of each kind the addresses that called last are remembered, so no number of them takes more memory. One process counts
 * for itself: n of them allow n times as much.
 */
export function createRateLimiter(allowances: Allowances, nowMs = () => performance.now()): RateLimiter {
  const fullAtMs = new Map(CallKind.options.map((kind) => [kind, new Map<string, number>()]));
  return {
    take(kind, who) {
      const { burst, perSec } = allowances[kind];
      const known = fullAtMs.get(kind)!;
      const key = who ?? "";
      const now = nowMs();
      const eachMs = 1000 / perSec;
      const nextMs = Math.max(now, known.get(key) ?? 0) + eachMs;
      const waitMs = nextMs - burst * eachMs - now;
      // Less than a thousandth of a token is what adding up left over.
      if (waitMs > eachMs / 1000) return Math.ceil(waitMs / 1000);
      known.delete(key);
      known.set(key, nextMs);
      if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
      return 0;
    },
  };
}

export const UNLIMITED: RateLimiter = { take: () => 0 };

/** As an environment says, whose variables a Worker calls bindings. */
export function rateLimiterOf(text: string | undefined): RateLimiter {
  const allowances = readAllowances(text);
  return allowances ? createRateLimiter(allowances) : UNLIMITED;
}
