import { answerTile } from "#server/travel/map-http.ts";
import { servedMap } from "#server/travel/served-map.ts";

export async function GET(request: Request, { params }: { params: Promise<unknown> }): Promise<Response> {
  return answerTile(request, await params, servedMap);
}
