/** An answer of the gateway's own. Like the hosted gateway it may be read from any origin: keys and tokens guard it. */
export function jsonResponse(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: { "access-control-allow-origin": "*" } });
}
