import { expect, test } from "vitest";
import { houseRuleFaults } from "./house-rules.ts";
import { misdirectedImports } from "./import-directions.ts";

function faultsOf(path: string, ...lines: string[]): string[] {
  const files = [{ path, text: lines.join("\n") }];
  return [...misdirectedImports(files), ...houseRuleFaults(files)].map(({ line, message }) => `${line}: ${message}`);
}

const refused = (target: string, line = 1) =>
  expect.stringMatching(new RegExp(`^${line}: must not import ${target}: \\w`));

test("each layer refuses what it must not know, and says what to do instead", () => {
  const cases: [file: string, specifier: string, target: string][] = [
    ["server/domain/cart.ts", "../core/geo/cost.ts", "server/core/geo/cost.ts"],
    ["server/domain/cart.ts", "node:path", "node:path"],
    ["server/core/geo/cost.ts", "#server/domain/cart.ts", "server/domain/cart.ts"],
    ["server/core/geo/cost.ts", "kdbush", "kdbush"],
    ["server/edge/worker.ts", "#server/db/database.ts", "server/db/database.ts"],
    ["server/edge/worker.ts", "next/server", "next/server"],
    ["server/edge/worker.ts", "jose", "jose"],
    ["server/db/database.ts", "../features/promise/contract.ts", "server/features/promise/contract.ts"],
    ["server/travel/travel.ts", "../db/database.ts", "server/db/database.ts"],
    ["server/features/picking/list.ts", "../promise/quote.ts", "server/features/promise/quote.ts"],
    ["server/features/picking/list.ts", "#components/ui/button.tsx", "components/ui/button.tsx"],
    ["server/trpc/root.ts", "../features/promise/quote.ts", "server/features/promise/quote.ts"],
    ["server/jobs/worker.ts", "#bin/verb.ts", "bin/verb.ts"],
    ["server/stray.ts", "./db/database.ts", "server/db/database.ts"],
    ["components/ui/button.tsx", "#server/domain/cart.ts", "server/domain/cart.ts"],
    ["components/shop/cart.tsx", "../tower/map.tsx", "components/tower/map.tsx"],
    ["components/shop/cart.tsx", "#server/trpc/root.ts", "server/trpc/root.ts"],
    ["components/shop/cart.tsx", "node:fs", "node:fs"],
    ["app/(shop)/page.tsx", "#server/features/promise/quote.ts", "server/features/promise/quote.ts"],
    ["app/(shop)/page.tsx", "postgres", "postgres"],
    ["app/api/promise/check/route.ts", "#server/features/promise/quote.ts", "server/features/promise/quote.ts"],
    ["supabase/local/stack.ts", "#app/layout.tsx", "app/layout.tsx"],
  ];
  for (const [file, specifier, target] of cases) {
    expect(faultsOf(file, `import { x } from "${specifier}";`), `${file} imports ${specifier}`).toEqual([
      refused(target),
    ]);
  }
});

test("what the layers allow passes", () => {
  const cases: [file: string, line: string][] = [
    ["server/domain/cart.ts", 'import * as z from "zod";'],
    ["server/core/geo/cost.ts", 'import { type LngLat } from "#server/domain/units.ts";'],
    ["server/features/picking/list.ts", 'import { x } from "../promise/contract.ts";'],
    ["server/features/picking/list.ts", 'import postgres from "postgres";'],
    ["server/features/picking/deep/list.ts", 'import { x } from "../list.ts";'],
    ["components/shop/cart.tsx", 'import type { RootRouter } from "#server/trpc/root.ts";'],
    ["components/shop/cart.tsx", 'import { type RootRouter } from "#server/trpc/root.ts";'],
    ["components/shop/cart.tsx", 'import { useQuery } from "@tanstack/react-query";'],
    ["app/(shop)/page.tsx", 'import { Cart } from "#components/shop/cart.tsx";'],
    ["server/core/geo/cost.test.ts", 'import { x } from "node:fs";'],
    ["e2e/world.ts", 'import { x } from "#bin/platform.ts";'],
  ];
  for (const [file, line] of cases) expect(faultsOf(file, line), `${file}: ${line}`).toEqual([]);
});

test("imports are found in every form, and only in code", () => {
  const file = "components/shop/cart.tsx";
  expect(faultsOf(file, "import {", "  a,", "  type B,", '} from "#bin/verb.ts";')).toEqual([refused("bin/verb.ts")]);
  expect(faultsOf(file, "", 'export { a } from "#bin/verb.ts";')).toEqual([refused("bin/verb.ts", 2)]);
  expect(faultsOf(file, 'import "#bin/verb.ts";')).toEqual([refused("bin/verb.ts")]);
  expect(faultsOf(file, 'const a = () => import("#bin/verb.ts");')).toEqual([refused("bin/verb.ts")]);
  expect(faultsOf(file, 'import { type B, c } from "#server/trpc/root.ts";')).toEqual([refused("server/trpc/root.ts")]);
  expect(
    faultsOf(file, '// import { a } from "#bin/verb.ts";', "/*", 'import { a } from "#bin/verb.ts";', "*/"),
  ).toEqual([]);
  // Two statements, of which the first has no "from": neither may swallow the other.
  expect(faultsOf(file, 'import "#bin/verb.ts";', 'import { b } from "./b.ts";')).toEqual([refused("bin/verb.ts")]);
});

test("core has no clock, no luck and no outside; the edge has no Node", () => {
  for (const word of ["Date.now()", "new Date()", "Math.random()", "process.env", "fetch(url)", "performance.now()"]) {
    expect(faultsOf("server/core/geo/cost.ts", "", `const x = ${word};`)).toEqual([
      expect.stringMatching(/^2: .*core reads/),
    ]);
  }
  expect(faultsOf("server/core/geo/cost.ts", "// unlike Date, process or fetch", 'const x = "fetch";')).toEqual([]);
  expect(faultsOf("server/core/geo/cost.ts", "const rushDate = prefetch(updated);")).toEqual([]);
  for (const word of ["Buffer.from(x)", "process.env.X", 'require("x")']) {
    expect(faultsOf("server/edge/worker.ts", `const x = ${word};`)).toEqual([
      expect.stringMatching(/^1: .*the edge has/),
    ]);
  }
});

test("routes do not choose a runtime, and nobody re-exports a folder", () => {
  for (const line of ['export const runtime = "edge";', 'export const dynamic = "force-dynamic";']) {
    expect(faultsOf("app/api/x/route.ts", line)).toEqual([
      expect.stringContaining("0004-edge-without-edge-runtime.md"),
    ]);
  }
  expect(faultsOf("server/domain/all.ts", 'export * from "./cart.ts";')).toEqual([
    expect.stringContaining("no barrels"),
  ]);
});

test("no file is named for its role, and names are kebab-case", () => {
  for (const name of ["utils.ts", "helpers.tsx", "common.ts", "misc.ts", "types.ts", "index.ts", "util.test.ts"]) {
    expect(faultsOf(`components/shop/${name}`, "")).toEqual([expect.stringContaining("named for its role")]);
  }
  for (const name of ["Cart.tsx", "cartLine.ts", "cart_line.ts"]) {
    expect(faultsOf(`components/shop/${name}`, "")).toEqual([expect.stringContaining("kebab-case")]);
  }
  expect(faultsOf("server/db/database.types.ts", "")).toEqual([]);
});

test("what a browser loads takes zod as a namespace", () => {
  expect(faultsOf("server/domain/cart.ts", 'import { z } from "zod";')).toEqual([
    expect.stringContaining("import * as z"),
  ]);
  expect(faultsOf("server/domain/cart.ts", 'import type { z } from "zod";')).toEqual([]);
  expect(faultsOf("server/features/network/read.ts", 'import { z } from "zod";')).toEqual([]);
});
