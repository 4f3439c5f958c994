import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** One file of ours, by its path from the project's root. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface Import {
  /** A path from the project's root for a file of ours ("server/domain/cart.ts"), else the package as written. */
  readonly target: string;
  readonly isOurs: boolean;
  /** Erased before anything runs. */
  readonly isTypeOnly: boolean;
  /** What stands between `import` and `from`. */
  readonly clause: string;
  readonly line: number;
}

const ROOTS = ["app", "bench", "bin", "components", "docs", "e2e", "server", "supabase"];

/** Every TypeScript file of ours, in the order of their paths. */
export function readSources(projectDir: string): SourceFile[] {
  const paths = ROOTS.flatMap((root) => {
    try {
      return readdirSync(join(projectDir, root), { recursive: true, encoding: "utf8" }).map((path) => join(root, path));
    } catch {
      return [];
    }
  });
  return paths
    .filter((path) => /\.tsx?$/.test(path) && !path.includes("node_modules"))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(projectDir, path), "utf8") }));
}

// The formatter puts every import and re-export at the start of a line, so no parser is needed to find them.
const STATIC = /^(?:import|export)\s+(?:([^"';]*?)\s*from\s*)?"([^"\n]+)"/gm;
const DYNAMIC = /\bimport\(\s*"([^"\n]+)"\s*\)/g;

export function importsOf({ path, text }: SourceFile): Import[] {
  const code = withoutComments(text);
  const found = [...code.matchAll(STATIC)].map((match) => ({ match, clause: match[1] ?? "", specifier: match[2]! }));
  const dynamic = [...code.matchAll(DYNAMIC)].map((match) => ({ match, clause: "", specifier: match[1]! }));
  return [...found, ...dynamic].map(({ match, clause, specifier }) => ({
    target: resolve(path, specifier),
    isOurs: /^(\.{1,2}\/|#)/.test(specifier),
    isTypeOnly: isTypeOnly(clause),
    clause,
    line: lineAt(code, match.index),
  }));
}

function resolve(from: string, specifier: string): string {
  if (specifier.startsWith("#")) return specifier.slice(1);
  return specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : specifier;
}

/** `import type …`, or braces in which every name says `type`. */
function isTypeOnly(clause: string): boolean {
  if (/^type\b/.test(clause)) return true;
  const names = /^\{([^}]*)\}$/
    .exec(clause)?.[1]
    ?.split(",")
    .filter((name) => name.trim() !== "");
  return names !== undefined && names.length > 0 && names.every((name) => /^\s*type\s/.test(name));
}

const COMMENT_OR_STRING = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

/** The same lines with the comments blanked. */
export function withoutComments(text: string): string {
  return text.replace(COMMENT_OR_STRING, (part) => (part.startsWith("/") ? blank(part) : part));
}

/** The same lines with comments and strings blanked: what is left is what runs. */
export function codeOf(text: string): string {
  return text.replace(COMMENT_OR_STRING, blank);
}

function blank(part: string): string {
  return part.replace(/[^\n]/g, " ");
}

export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
