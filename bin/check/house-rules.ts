import { basename } from "node:path";
import type { StyleFault } from "./import-directions.ts";
import { codeOf, importsOf, lineAt, type SourceFile, withoutComments } from "./source-file.ts";

/** A pattern that must not occur in some files' code. */
interface Ban {
  readonly files: RegExp;
  readonly except?: RegExp;
  readonly pattern: RegExp;
  readonly message: string;
}

const TESTS = /\.test\.tsx?$/;

const BANS: readonly Ban[] = [
  {
    files: /^server\/core\//,
    except: TESTS,
    pattern:
      /\b(?:Date|Math\.random|Temporal|process|performance|crypto|fetch|setTimeout|setInterval|setImmediate|queueMicrotask|console|globalThis)\b/g,
    message: "core reads no clock, draws no luck and reaches nothing outside: pass it as an argument",
  },
  {
    files: /^server\/edge\//,
    except: TESTS,
    pattern: /\b(?:Buffer|process|require|__dirname|__filename|global)\b(?!:)/g,
    message: "the edge has Web APIs alone: this exists in Node only",
  },
  {
    files: /^app\//,
    pattern: /^export (?:const|let) (?:runtime|dynamic)\b/gm,
    message: "no runtime or dynamic exports: see docs/decisions/0004-edge-without-edge-runtime.md",
  },
  {
    files: /./,
    pattern: /^export \* /gm,
    message: "no barrels: import from the file that has it",
  },
];

const FORBIDDEN_NAMES = /^(?:utils?|helpers?|common|misc|types|index)\./;
const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
/** A browser or an edge loads them. */
const BUNDLED = /^(?:server\/(?:domain|edge)|components|app)\//;

/** Names and words that the house does not use, file by file. */
export function houseRuleFaults(files: readonly SourceFile[]): StyleFault[] {
  return files.flatMap((file) => [
    ...nameFaults(file),
    ...zodFaults(file),
    ...BANS.flatMap((ban) => banFaults(file, ban)),
  ]);
}

function nameFaults({ path }: SourceFile): StyleFault[] {
  const name = basename(path);
  if (FORBIDDEN_NAMES.test(name)) {
    return [
      {
        path,
        line: 1,
        message: "a file named for its role has no reason to stop growing: name it for its main export",
      },
    ];
  }
  return KEBAB_CASE.test(name) ? [] : [{ path, line: 1, message: "file names are kebab-case" }];
}

function zodFaults(file: SourceFile): StyleFault[] {
  if (!BUNDLED.test(file.path) || TESTS.test(file.path)) return [];
  return importsOf(file)
    .filter(({ target, clause, isTypeOnly }) => target === "zod" && !isTypeOnly && /\{[^}]*\bz\b/.test(clause))
    .map(({ line }) => ({
      path: file.path,
      line,
      message: 'write import * as z from "zod": the named import carries 340 kB of locales into the bundle',
    }));
}

function banFaults({ path, text }: SourceFile, { files, except, pattern, message }: Ban): StyleFault[] {
  if (!files.test(path) || except?.test(path)) return [];
  const code = codeOf(withoutComments(text));
  return [...code.matchAll(pattern)].map((match) => ({
    path,
    line: lineAt(code, match.index),
    message: `${match[0].trim()}: ${message}`,
  }));
}
