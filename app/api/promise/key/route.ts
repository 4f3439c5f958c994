import { answerKey } from "#server/features/promise/http.ts";
import { platform } from "#server/platform.ts";

export function GET(): Response {
  return answerKey(platform().offerKeys());
}
