import { NextResponse } from "next/server";
import { EMBED_ORIGINS_VARIABLE, embedHost } from "#server/domain/embed-host.ts";
import { problemOf, problemResponse } from "#server/domain/problem.ts";
import { refuseExcess } from "#server/trpc/request-limits.ts";

/** Every page, and paths with a percent sign; what a page loads, and the API, go by without this being asked. */
export const config = { matcher: ["/(.*%.*)", "/((?!api/|_next/).*)"] };

/**
 * Turns away who asks for pages too often; a route of the API counts for itself. Refuses a path that is no text
 * (`/order/%ff`): Next would answer it with 500. Lets an embedded page into the frames of the site that its address names,
 * if that site is allowed, and of no other. Everything else goes on.
 */
export function proxy(request: Request): Response | undefined {
  const url = new URL(request.url);
  const { pathname } = url;
  // The page of a product says how soon it can be there, which costs as much as a quote.
  const excess =
    !pathname.startsWith("/api/") && refuseExcess(request, pathname.startsWith("/product/") ? "quote" : "request");
  if (excess) return excess;
  try {
    decodeURIComponent(pathname);
  } catch {
    return problemResponse(problemOf("invalid-request", "the address is not text"));
  }
  if (!pathname.startsWith("/embed/")) return undefined;
  const host = embedHost(url.searchParams.get("host"), process.env[EMBED_ORIGINS_VARIABLE]);
  if (!host)
    return problemResponse({
      type: "forbidden",
      title: "This site may not embed the page.",
      status: 403,
      detail: `name it in ${EMBED_ORIGINS_VARIABLE}`,
    });
  return NextResponse.next({ headers: { "Content-Security-Policy": `frame-ancestors ${host}` } });
}
