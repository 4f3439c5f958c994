import { once } from "node:events";
import { openDatabase } from "#server/db/database.ts";
import type { QuoteRequest } from "#server/domain/quote.ts";
import { createPromiseServices } from "#server/features/promise/promise-services.ts";
import { quoteCart } from "#server/features/promise/quote-cart.ts";
import { openOfferKeys } from "#server/keys/offer-keys.ts";
import { openTravel } from "#server/travel/embedded-travel.ts";

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

/** What a process tells when it has asked all. */
export interface QuotesAnswered {
  /** Milliseconds of each quote. */
  readonly times: readonly number[];
}

process.once("disconnect", () => process.exit());
const [work] = (await once(process, "message")) as [QuoteWork];
const db = openDatabase(work.databaseUrl, { max: work.clients });
const services = createPromiseServices(db, openTravel(work.mapFile), openOfferKeys(work.stateDir, {}));

async function ask(requests: QuoteWork["requests"]): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  async function client(): Promise<void> {
    for (let request = requests[next++]; request; request = requests[next++]) {
      const from = performance.now();
      await quoteCart(services, request);
      times.push(performance.now() - from);
    }
  }
  await Promise.all(Array.from({ length: work.clients }, client));
  return times;
}

await ask(work.requests.slice(0, work.warmUp));
process.send!("ready");
await once(process, "message");
process.send!({ times: await ask(work.requests.slice(work.warmUp)) } satisfies QuotesAnswered);
