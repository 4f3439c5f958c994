import { answerCertificate } from "#server/features/promise/http.ts";
import { platform } from "#server/platform.ts";

export async function GET(_request: Request, { params }: { params: Promise<{ token: string }> }): Promise<Response> {
  return answerCertificate(platform().db, (await params).token);
}
