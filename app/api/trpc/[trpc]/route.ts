import { answerCalls } from "#server/trpc/answer-calls.ts";

export { answerCalls as GET, answerCalls as POST };
