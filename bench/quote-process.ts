import { once } from "node:events";
import { openDatabase } from "#server/db/database.ts";
import type { QuoteRequest } from "#server/domain/quote.ts";
import { createPromiseServices } from "#server/features/promise/promise-services.ts";
import { quoteCart } from "#server/features/promise/quote-cart.ts";
import { openOfferKeys } from "#server/keys/offer-keys.ts";
import { openTravel } from "#server/travel/embedded-travel.ts";
import { timeCalls } from "./percentiles.ts";

// A process that answers quotes as one of several that share a region; forked by quote-processes.ts. It is given its work, says that
// it is ready, and starts when it is told; it ends with the one that forked it.

export interface QuoteWork {
  readonly databaseUrl: string;
  /** With the keys that offers are signed with. */
  readonly stateDir: string;
  readonly mapFile: string;
  readonly clients: number;
  /** The first so many are asked before it is ready, and count for nothing. */
  readonly warmUp: number;
  readonly requests: readonly Omit<QuoteRequest, "insteadOf">[];
}

/** What a process tells when it has asked all: milliseconds of each quote. */
export type QuoteTimes = readonly number[];

process.once("disconnect", () => process.exit());
const [work] = (await once(process, "message")) as [QuoteWork];
const db = openDatabase(work.databaseUrl, { max: work.clients });
const services = createPromiseServices(db, openTravel(work.mapFile), openOfferKeys(work.stateDir, {}));

let next = 0;
const ask = (count: number) => timeCalls(count, work.clients, () => quoteCart(services, work.requests[next++]!));

await ask(work.warmUp);
process.send!("ready");
await once(process, "message");
process.send!((await ask(work.requests.length - work.warmUp)) satisfies QuoteTimes);
