import { answerStockFeed } from "#server/features/inventory/http.ts";
import { contextOfRequest } from "#server/trpc/context.ts";

export async function POST(request: Request): Promise<Response> {
  return answerStockFeed(request, await contextOfRequest(request));
}
