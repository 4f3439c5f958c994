import { FAULTS } from "#server/domain/fault.ts";

/** Every path without a percent sign, so nearly every one, goes by without this being asked. */
export const config = { matcher: ["/(.*%.*)"] };

/** Refuses a path that is no text (`/order/%ff`): Next would answer it with 500. Any other goes on. */
export function proxy(request: Request): Response | undefined {
  try {
    decodeURIComponent(new URL(request.url).pathname);
    return undefined;
  } catch {
    const { httpStatus, sentence } = FAULTS["invalid-request"];
    const problem = { type: "invalid-request", title: sentence, status: httpStatus, detail: "the address is not text" };
    return Response.json(problem, { status: httpStatus, headers: { "Content-Type": "application/problem+json" } });
  }
}
