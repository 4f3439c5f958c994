import { answerCertificate } from "#server/features/promise/http.ts";
import { platform } from "#server/platform.ts";
import { limited } from "#server/trpc/request-limits.ts";

export const GET = limited("read", async (request, { params }: { params: Promise<{ token: string }> }) =>
  answerCertificate(platform().db, (await params).token, new URL(request.url).searchParams.get("repromise")),
);
