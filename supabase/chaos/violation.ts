/** What the harness found wrong: which of its rules was broken, and by what. */
export interface Violation {
  /** One of few, by which findings are counted: "over its limit", "deadlock", "lost". */
  readonly signal: string;
  readonly detail: string;
}
