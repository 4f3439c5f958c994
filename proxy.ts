import { NextResponse } from "next/server";
import { EMBED_ORIGINS_VARIABLE, embedHost } from "#server/domain/embed-host.ts";
import { FAULTS } from "#server/domain/fault.ts";

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
    const { httpStatus, sentence } = FAULTS["invalid-request"];
    return problem("invalid-request", httpStatus, sentence, "the address is not text");
  }
  if (!url.pathname.startsWith("/embed/")) return undefined;
  const host = embedHost(url.searchParams.get("host"), process.env[EMBED_ORIGINS_VARIABLE]);
  if (!host)
    return problem("forbidden", 403, "This site may not embed the page.", `name it in ${EMBED_ORIGINS_VARIABLE}`);
  return NextResponse.next({ headers: { "Content-Security-Policy": `frame-ancestors ${host}` } });
}

function problem(type: string, status: number, title: string, detail: string): Response {
  return Response.json(
    { type, title, status, detail },
    { status, headers: { "Content-Type": "application/problem+json" } },
  );
}
