import { answerTile, gzipped } from "#server/travel/map-http.ts";
import { servedMap } from "#server/travel/served-map.ts";
import { refuseExcess } from "#server/trpc/request-limits.ts";

export async function GET(request: Request, { params }: { params: Promise<unknown> }): Promise<Response> {
  const refusal = refuseExcess(request, "tile");
  return refusal ? gzipped(refusal) : answerTile(request, await params, servedMap);
}
