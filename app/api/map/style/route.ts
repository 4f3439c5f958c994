import { answerStyle } from "#server/travel/map-http.ts";
import { servedMap } from "#server/travel/served-map.ts";

export async function GET(request: Request): Promise<Response> {
  return answerStyle(request, servedMap, process.env.KEPT_MAP_STYLE_URL);
}
