import { NextResponse } from "next/server";
import { EMBED_ORIGINS_VARIABLE, embedHost } from "#server/domain/embed-host.ts";
import { problemOf, problemResponse } from "#server/domain/problem.ts";

/** Paths with a percent sign, and what other sites embed. Nearly every request goes by without this being asked. */
export const config = { matcher: ["/(.*%.*)", "/embed/:path*"] };

/**
 * Refuses a path that is no text (`/order/%ff`): Next would answer it with 500. Lets an embedded page into the frames of
 * the site that its address names, if that site is allowed, and of no other. Everything else goes on.
 */
export function proxy(request: Request): Response | undefined {
  const url = new URL(request.url);
  try {
    decodeURIComponent(url.pathname);
  } catch {
    return problemResponse(problemOf("invalid-request", "the address is not text"));
  }
  if (!url.pathname.startsWith("/embed/")) return undefined;
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
