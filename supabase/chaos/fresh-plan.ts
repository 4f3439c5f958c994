import postgres from "postgres";
import type { Transact } from "./client.ts";
import { type AskedPart, type ReadRoute, requestOf, type Wish } from "./scarce-network.ts";
import type { World } from "./world.ts";

/** A shopper who is told that the plan has moved on looks at the new one, so often. */
const PLAN_TRIES = 3;

/**
 * Reads the routes that the wish would join and asks with its place in them, again when they have changed meanwhile. Stops of
 * `leaving` go with the hold that is changed for this one.
 */
export async function onFreshPlan<T>(
  { network, steps }: World,
  transact: Transact,
  wish: Wish,
  ask: (parts: readonly AskedPart[]) => Promise<T>,
  leaving?: ReadonlySet<string>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const routes = new Map<string, ReadRoute>();
    for (const shiftId of shiftsOf(wish)) routes.set(shiftId, await steps.readRoute(transact, shiftId));
    const parts = requestOf(network, wish, routes, leaving);
    if (!parts) throw routeIsFull();
    try {
      return await ask(parts);
    } catch (error) {
      if (!(error instanceof postgres.PostgresError && error.code === "KPPLN") || tries === PLAN_TRIES) throw error;
    }
  }
}

/** Of the first try, with its `begin` and `commit`. */
export function statementsOn(wish: Wish): number {
  return 3 * shiftsOf(wish).length + 3;
}

function shiftsOf({ parts }: Wish): string[] {
  return parts.flatMap(({ shiftId }) => shiftId ?? []);
}

/** What the shopper would be told by the server before it asks the database at all. */
function routeIsFull(): postgres.PostgresError {
  return Object.assign(new postgres.PostgresError("no place left in the route"), { code: "KPVAN" });
}
