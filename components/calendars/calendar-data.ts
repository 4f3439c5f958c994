import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { NodeId, RegionId } from "#server/domain/id.ts";
import type { RootRouter } from "#server/trpc/root.ts";

type Outputs = inferRouterOutputs<RootRouter>["calendars"];

export type Calendar = Outputs["read"];
export type CalendarDay = Calendar["days"][number];
export type Entry = CalendarDay["entries"][number];
export type Blackout = CalendarDay["blackouts"][number];
export type CutOffOfScope = Calendar["cutOffs"][number];
export type AtStake = Outputs["atStake"];

/** What may be at stake: an entry or a blackout, made already or about to be. */
export type Stake = inferRouterInputs<RootRouter>["calendars"]["atStake"];

/** Whose calendar is looked at, and who looks. */
export interface CalendarOf {
  readonly regionId: RegionId;
  /** Null: the whole region's, with the entries of every node. */
  readonly nodeId: NodeId | null;
  /** Whom an entry can be made for, besides the region. */
  readonly nodes: readonly { readonly id: NodeId; readonly name: string }[];
  readonly isOps: boolean;
}
