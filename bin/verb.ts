/** One verb of the command line. A verb prints for people, returns an exit code, and throws {@link UsageError} on bad arguments. */
export interface Verb {
  /** One line for `kept --help`. */
  readonly summary: string;
  /** What follows `kept <name>`, for `kept <name> --help`. */
  readonly usage: string;
  run(args: readonly string[]): Promise<number>;
}

/** The caller wrote something the verb cannot take; printed as one sentence without a stack, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The world is not as it must be (a taken port, a damaged file); printed as one sentence without a stack, exit code 1. */
export class OperatorError extends Error {
  override readonly name = "OperatorError";
}
