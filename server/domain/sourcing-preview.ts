import * as z from "zod";
import { RegionId } from "./id.ts";
import { Instant } from "./instant.ts";
import { SourcingRules } from "./sourcing-rules.ts";

export const SourcingPreviewRequest = z.strictObject({ regionId: RegionId, rules: SourcingRules });
export type SourcingPreviewRequest = z.infer<typeof SourcingPreviewRequest>;

/** Who would bring a sample cart, by one set of rules. */
const SampleChoice = z.object({
  /** In the sample's window; null where nobody could. */
  delivery: z
    .object({
      nodes: z.array(z.string()),
      /** Handling, picking and driving in cents as they are, not as they are weighed. */
      costCents: z.int(),
    })
    .nullable(),
  openWindows: z.int(),
  /** On the first day on which parcels arrive and it could be one of them. */
  parcel: z.object({ nodes: z.array(z.string()), carriers: z.array(z.string()) }).nullable(),
});
export type SampleChoice = z.infer<typeof SampleChoice>;

const Sample = z.object({
  address: z.string(),
  goods: z.array(z.object({ name: z.string(), units: z.int() })),
  /** The first delivery window that both rules could serve it in; where there is none, the first of either. */
  window: z.object({ startsAt: Instant, endsAt: Instant }).nullable(),
  before: SampleChoice,
  after: SampleChoice,
});
export type SourcingSample = z.infer<typeof Sample>;

/** Sample carts at sample doors, by the rules as they are and as they would be. */
export const SourcingPreview = z.object({ timeZone: z.string(), samples: z.array(Sample) });
export type SourcingPreview = z.infer<typeof SourcingPreview>;
