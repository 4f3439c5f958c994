import { answerStockFeed } from "#server/features/inventory/http.ts";
import { contextOfRequest } from "#server/trpc/context.ts";
import { limited } from "#server/trpc/request-limits.ts";

export const POST = limited("staff", async (request) => answerStockFeed(request, await contextOfRequest(request)));
