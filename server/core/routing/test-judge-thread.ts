import { registerHooks } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { Exam } from "./test-exam.ts";
import { type Engine, findFault } from "./test-judge.ts";
import type { Mutant } from "./test-mutants.ts";

// Judges one copy of the engine after the other, each loaded anew and with one text of one file replaced as it is loaded.
// A thread of its own, since a broken engine may never come to an end.

const exam = workerData as Exam;
let copies = 0;

parentPort!.on("message", async (mutant: Mutant | null) => {
  parentPort!.postMessage(findFault(await loadEngine(mutant), exam));
});

/** The modules of a copy carry its number in their addresses, so that none is shared: not with the judge either. */
async function loadEngine(mutant: Mutant | null): Promise<Engine> {
  const copy = `?copy=${++copies}`;
  const broken = mutant && new URL(mutant.file + copy, import.meta.url).href;
  let isBroken = false;
  const hooks = registerHooks({
    resolve: (specifier, context, nextResolve) => {
      const resolved = nextResolve(specifier, context);
      return context.parentURL?.endsWith(copy) ? { ...resolved, url: resolved.url + copy } : resolved;
    },
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      if (url !== broken) return loaded;
      isBroken = true;
      return { ...loaded, source: String(loaded.source).replace(mutant!.find, () => mutant!.replacement) };
    },
  });
  const engine: Engine = {
    ...(await import(`./search.ts${copy}`)),
    ...(await import(`./prepare.ts${copy}`)),
    ...(await import(`./routes.ts${copy}`)),
    ...(await import(`./take-over.ts${copy}`)),
    ...(await import(`./place-cost.ts${copy}`)),
    ...(await import(`./undo.ts${copy}`)),
    ...(await import(`./explain-left-out.ts${copy}`)),
    ...(await import(`./offer-windows.ts${copy}`)),
  };
  hooks.deregister();
  if (mutant && !isBroken) throw new Error(`${mutant.file} is no part of the engine`);
  return engine;
}
