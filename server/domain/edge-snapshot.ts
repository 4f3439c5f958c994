import * as z from "zod";

/**
 * What the edge knows of a region: for each node, how much work is left in each hour, and for each window what the
 * roomiest of its vans can still take. Conservative where it must guess: an offer that fits here may still lose at the
 * hold, one that does not fit here would lose too. Instants are epoch seconds; arrays of a node run in parallel.
 */
export const EdgeSnapshotBody = z.object({
  builtAt: z.int(),
  /** How far the platform's time runs ahead of the wall clock, which is the only clock that an edge has. */
  clockShiftSec: z.int().default(0),
  /** Channels that have a share of something: how much of it is theirs already, an edge does not know. None: left out. */
  limited: z.array(z.string()).optional(),
  nodes: z.record(
    z.string(),
    z.object({
      paused: z.boolean(),
      /** Hours still ahead: start, and free picking seconds. */
      hours: z.array(z.int()),
      freeSec: z.array(z.int()),
      /** Delivery windows that some planned van of the node could still serve. */
      windows: z.array(
        z.object({
          start: z.int(),
          end: z.int(),
          /** Free weight and volume of the roomiest such van. */
          freeG: z.int(),
          freeMl: z.int(),
          /** From this instant on it cannot be ordered. */
          orderBy: z.int().optional(),
        }),
      ),
      /** Pickup windows with the places left. */
      pickups: z.array(z.object({ start: z.int(), end: z.int(), free: z.int(), orderBy: z.int().optional() })),
      /** Runs of carriers that are still to leave; a snapshot from before there were parcels has none, and knows nothing of them. */
      runs: z
        .array(
          z.object({
            leaves: z.int(),
            start: z.int(),
            end: z.int(),
            limitG: z.int(),
            free: z.int(),
            orderBy: z.int().optional(),
          }),
        )
        .optional(),
      /** Runs of lanes from the node that are still to leave: to where, and when what they bring can be collected there. */
      lanes: z.array(z.object({ to: z.string(), leaves: z.int(), ready: z.int(), free: z.int() })).optional(),
    }),
  ),
});
export type EdgeSnapshotBody = z.infer<typeof EdgeSnapshotBody>;
