import { answerKey } from "#server/features/promise/http.ts";
import { platform } from "#server/platform.ts";
import { limited } from "#server/trpc/request-limits.ts";

export const GET = limited("read", () => answerKey(platform().offerKeys()));
