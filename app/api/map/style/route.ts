import { answerStyle } from "#server/travel/map-http.ts";
import { servedMap } from "#server/travel/served-map.ts";
import { limited } from "#server/trpc/request-limits.ts";

export const GET = limited("read", (request) => answerStyle(request, servedMap, process.env.KEPT_MAP_STYLE_URL));
