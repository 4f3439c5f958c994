import { FAULTS, type FaultCode } from "./fault.ts";

/** What an HTTP route answers when a rule refuses a request (RFC 9457). `detail` says what to do, for whoever calls. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

export function problemOf(code: FaultCode, detail: string): Problem {
  const { httpStatus, sentence } = FAULTS[code];
  return { type: code, title: sentence, status: httpStatus, detail };
}

export function problemResponse(problem: Problem): Response {
  return new Response(JSON.stringify(problem), { status: problem.status, headers: PROBLEM_HEADERS });
}

/** A refusal is of its moment: nobody keeps it. */
export const PROBLEM_HEADERS = { "Content-Type": "application/problem+json", "Cache-Control": "no-store" };

/** What a route answers to one call too many: a 429 that says in how many seconds another may be made. */
export function excessResponse(waitSec: number): Response {
  const refusal = problemResponse(problemOf("too-many-requests", `ask again in ${waitSec} seconds`));
  refusal.headers.set("Retry-After", String(waitSec));
  return refusal;
}
