/** One SQL statement of a script. */
export interface Statement {
  /** Without the closing semicolon and the white space around it; comments before it belong to it. */
  readonly sql: string;
  /** Line of the script, from 1, where `sql` begins. */
  readonly line: number;
}

/**
 * What may hold a semicolon that ends nothing: dollar quotes, comments (block comments nest, see below), strings
 * (with backslashes after E), quoted names, and words (so that the tag of `$a$` is not looked for inside `x$a$`).
 */
const TOKEN =
  /\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|--[^\n]*|\/\*|[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|;/gs;

/** Splits a script where Postgres would: at semicolons outside quotes, comments and `begin atomic` bodies. */
export function splitStatements(script: string): Statement[] {
  const statements: Statement[] = [];
  let start = 0;
  let hasCode = false;
  // Depth of `begin atomic … end`, the one SQL body that is not quoted; `case … end` nests inside it.
  let atomic = 0;
  let previousWord = "";
  const push = (end: number) => {
    const raw = script.slice(start, end);
    const sql = raw.trim();
    const offset = start + (raw.length - raw.trimStart().length);
    if (hasCode) statements.push({ sql, line: script.slice(0, offset).split("\n").length });
    start = end + 1;
    hasCode = false;
    atomic = 0;
  };

  TOKEN.lastIndex = 0;
  let seen = 0;
  for (let match = TOKEN.exec(script); match; match = TOKEN.exec(script)) {
    const token = match[0];
    if (script.slice(seen, match.index).trim() !== "") hasCode = true;
    if (token === "/*") TOKEN.lastIndex = endOfComment(script, match.index);
    else if (token === ";") {
      if (atomic === 0) push(match.index);
    } else if (!token.startsWith("--")) {
      hasCode = true;
      if (token.startsWith("$")) {
        const close = script.indexOf(token, match.index + token.length);
        TOKEN.lastIndex = close < 0 ? script.length : close + token.length;
      }
      const word = token.toLowerCase();
      if (word === "atomic" && previousWord === "begin") atomic = 1;
      else if (atomic > 0 && word === "case") atomic++;
      else if (atomic > 0 && word === "end") atomic--;
      previousWord = word;
    }
    seen = TOKEN.lastIndex;
  }
  if (script.slice(seen).trim() !== "") hasCode = true;
  push(script.length);
  return statements;
}

function endOfComment(script: string, start: number): number {
  let depth = 0;
  for (let at = start; at < script.length; at++) {
    const pair = script.slice(at, at + 2);
    if (pair === "/*") depth++;
    else if (pair === "*/") depth--;
    else continue;
    at++;
    if (depth === 0) return at + 1;
  }
  return script.length;
}
