import { TRPCClientError } from "@trpc/client";
import { FAULTS, type FaultCode } from "#server/domain/fault.ts";

export interface ReadFault {
  /** Null when nothing refused: the network or the server failed. */
  readonly code: FaultCode | null;
  /** Refused by a rule, failed on our side, or no answer came. */
  readonly kind: "refused" | "broken" | "unreachable";
  /** What happened and what to do, ready to be shown. */
  readonly sentence: string;
  readonly detail: string | null;
  /** Which fields of the input were wrong. */
  readonly fields: readonly { readonly path: string; readonly message: string }[];
}

interface FaultData {
  readonly fault?: { readonly code: string; readonly detail: string | null } | null;
  readonly fields?: readonly { readonly path: string; readonly message: string }[];
}

/** What a failed call means to the person at the screen. Branch on `code`, show `sentence`. */
export function readFault(error: unknown): ReadFault {
  if (error instanceof TRPCClientError) {
    const data = error.data as FaultData | null | undefined;
    if (data?.fault && data.fault.code in FAULTS)
      return {
        code: data.fault.code as FaultCode,
        kind: "refused",
        sentence: FAULTS[data.fault.code as FaultCode].sentence,
        detail: data.fault.detail,
        fields: data.fields ?? [],
      };
    if (data) return { code: null, kind: "broken", sentence: error.message, detail: null, fields: [] };
  }
  return {
    code: null,
    kind: "unreachable",
    sentence: "The connection broke before an answer came. Check it and try again.",
    detail: null,
    fields: [],
  };
}
