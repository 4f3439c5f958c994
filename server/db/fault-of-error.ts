import postgres from "postgres";
import { Fault, faultCodeOfSqlState } from "../domain/fault.ts";

/** The fault that a database function raised, or undefined when the error is something else. */
export function faultOfError(error: unknown): Fault | undefined {
  if (error instanceof Fault) return error;
  if (!(error instanceof postgres.PostgresError)) return undefined;
  const code = faultCodeOfSqlState(error.code);
  return code && new Fault(code, error.detail, { cause: error });
}
