import postgres from "postgres";
import { Fault, faultCodeOfSqlState } from "../domain/fault.ts";

/** The fault that a database function raised, or undefined when the error is something else. */
export function faultOfError(error: unknown): Fault | undefined {
  if (error instanceof Fault) return error;
  if (!(error instanceof postgres.PostgresError)) return undefined;
  const code = faultCodeOfSqlState(error.code);
  return code && new Fault(code, error.detail, { cause: error });
}

/** Postgres ended this transaction because two waited for each other; nothing of it was kept and it may be run again. */
export function isDeadlock(error: unknown): boolean {
  return error instanceof postgres.PostgresError && error.code === "40P01";
}
