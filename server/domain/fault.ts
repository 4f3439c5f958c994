/**
 * A fault: a rule refused the request. One table says what each is called, which SQLSTATE raises
 * it, what tRPC and HTTP make of it, and what the person at the screen reads.
 */
export interface FaultKind {
  /** SQLSTATE raised by the database functions, or null where only the server raises it. */
  readonly sqlState: string | null;
  readonly trpcCode:
    | "BAD_REQUEST"
    | "UNAUTHORIZED"
    | "FORBIDDEN"
    | "NOT_FOUND"
    | "CONFLICT"
    | "PRECONDITION_FAILED"
    | "TOO_MANY_REQUESTS"
    | "SERVICE_UNAVAILABLE";
  readonly httpStatus: number;
  /** What happened and what to do, for whoever is at the screen. */
  readonly sentence: string;
}

export const FAULTS = {
  "invalid-request": {
    sqlState: "KPARG",
    trpcCode: "BAD_REQUEST",
    httpStatus: 400,
    sentence: "Something in the request is not valid. Check what you entered.",
  },
  "not-signed-in": {
    sqlState: null,
    trpcCode: "UNAUTHORIZED",
    httpStatus: 401,
    sentence: "You are not signed in. Sign in and try again.",
  },
  forbidden: { sqlState: null, trpcCode: "FORBIDDEN", httpStatus: 403, sentence: "Your account cannot do this." },
  "not-found": {
    sqlState: "KPNTF",
    trpcCode: "NOT_FOUND",
    httpStatus: 404,
    sentence: "There is nothing here by that name.",
  },
  "id-reused": {
    sqlState: "KPDUP",
    trpcCode: "CONFLICT",
    httpStatus: 409,
    sentence: "This request was already used for something else. Start again from the windows.",
  },
  "insufficient-stock": {
    sqlState: "KPSTK",
    trpcCode: "CONFLICT",
    httpStatus: 409,
    sentence: "An item in the cart has just sold out. Choose again: the windows now show what is possible.",
  },
  "picking-full": {
    sqlState: "KPWRK",
    trpcCode: "CONFLICT",
    httpStatus: 409,
    sentence: "The store's picking has just filled up for this window. Choose another one.",
  },
  "window-gone": {
    sqlState: "KPWIN",
    trpcCode: "CONFLICT",
    httpStatus: 409,
    sentence: "This window has just gone. Choose another one.",
  },
  "carrier-full": {
    sqlState: "KPCAR",
    trpcCode: "CONFLICT",
    httpStatus: 409,
    sentence: "The carrier takes no more parcels on this day. Choose another one.",
  },
  "run-full": {
    sqlState: "KPRUN",
    trpcCode: "CONFLICT",
    httpStatus: 409,
    sentence: "What would be brought to the store for this window has just filled up. Choose another one.",
  },
  "van-full": {
    sqlState: "KPVAN",
    trpcCode: "CONFLICT",
    httpStatus: 409,
    sentence: "The last van for this window has just filled up. Choose another one.",
  },
  "plan-moved": {
    sqlState: "KPPLN",
    trpcCode: "CONFLICT",
    httpStatus: 409,
    sentence: "The routes have just changed. Try again.",
  },
  "shift-closed": {
    sqlState: "KPDEP",
    trpcCode: "CONFLICT",
    httpStatus: 409,
    sentence: "The van for this window has left. Choose another one.",
  },
  "too-much-held": {
    sqlState: "KPLIM",
    trpcCode: "TOO_MANY_REQUESTS",
    httpStatus: 429,
    sentence:
      "Too many windows are held right now and not ordered yet. Order or give back the one you hold, or try again in a few minutes.",
  },
  "channel-closed": {
    sqlState: "KPCHN",
    trpcCode: "CONFLICT",
    httpStatus: 409,
    sentence: "This shop takes no orders for this region at the moment.",
  },
  "channel-share-used": {
    sqlState: "KPSHR",
    trpcCode: "CONFLICT",
    httpStatus: 409,
    sentence: "What this shop may have of this window has just been taken. Choose another one.",
  },
  "hold-expired": {
    sqlState: "KPEXP",
    trpcCode: "PRECONDITION_FAILED",
    httpStatus: 410,
    sentence: "Your window was held for a while and the time is over. Choose it again.",
  },
  "offer-expired": {
    sqlState: null,
    trpcCode: "PRECONDITION_FAILED",
    httpStatus: 410,
    sentence: "These windows are a few minutes old. Look at them again.",
  },
  "wish-too-narrow": {
    sqlState: null,
    trpcCode: "BAD_REQUEST",
    httpStatus: 400,
    sentence: "Leave the driver at least half an hour between the two times.",
  },
  "offer-invalid": {
    sqlState: null,
    trpcCode: "BAD_REQUEST",
    httpStatus: 400,
    sentence: "This offer is not for this cart and address. Look at the windows again.",
  },
  "wrong-state": {
    sqlState: "KPSTA",
    trpcCode: "CONFLICT",
    httpStatus: 409,
    sentence: "This has already moved on. Look at its current state.",
  },
  "order-parked": {
    sqlState: "KPPRK",
    trpcCode: "CONFLICT",
    httpStatus: 409,
    sentence: "This order is on hold while something is cleared up. It goes on when operations release it.",
  },
  "not-loaded": {
    sqlState: "KPLOD",
    trpcCode: "CONFLICT",
    httpStatus: 409,
    sentence: "Not every order of this run is on board. The node still has to hand some over.",
  },
  "door-out-of-reach": {
    sqlState: null,
    trpcCode: "CONFLICT",
    httpStatus: 409,
    sentence:
      "The window that you hold cannot be kept at this address. It is still yours at the other one. Choose a window for this address.",
  },
  "not-allowed-at-door": {
    sqlState: "KPDOR",
    trpcCode: "CONFLICT",
    httpStatus: 409,
    sentence: "The customer has not allowed that. Hand it over in person, or say that it could not be delivered.",
  },
  "append-only": {
    sqlState: "KPAPP",
    trpcCode: "CONFLICT",
    httpStatus: 409,
    sentence: "The record cannot be changed.",
  },
  "too-many-requests": {
    sqlState: null,
    trpcCode: "TOO_MANY_REQUESTS",
    httpStatus: 429,
    sentence: "That was a lot of requests at once. Wait a moment and try again.",
  },
  unavailable: {
    sqlState: null,
    trpcCode: "SERVICE_UNAVAILABLE",
    httpStatus: 503,
    sentence: "This is not available for a moment. Try again shortly.",
  },
} as const satisfies Record<string, FaultKind>;

export type FaultCode = keyof typeof FAULTS;

/** Thrown where a rule refuses. `detail` names the thing (a SKU, an id), never a sentence to branch on. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly code: FaultCode;
  readonly detail: string | undefined;
  constructor(code: FaultCode, detail?: string, options?: ErrorOptions) {
    super(FAULTS[code].sentence, options);
    this.code = code;
    this.detail = detail;
  }
}

const bySqlState = new Map<string, FaultCode>(
  (Object.entries(FAULTS) as [FaultCode, FaultKind][]).flatMap(([code, kind]) =>
    kind.sqlState ? [[kind.sqlState, code]] : [],
  ),
);

/** The fault that an SQLSTATE stands for, or undefined: then it is a bug or an outage. */
export function faultCodeOfSqlState(sqlState: string): FaultCode | undefined {
  return bySqlState.get(sqlState);
}
