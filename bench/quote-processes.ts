import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { BenchRegion } from "./bench-region.ts";
import { type Latencies, latenciesOf } from "./percentiles.ts";
import type { QuoteTimes, QuoteWork } from "./quote-process.ts";

/** By each process: so many until its code is compiled. */
const WARM_UP = 300;

/**
 * Quotes by several processes at once against one database, as an app that runs on several cores answers them; `clients` in all ask
 * `count` carts in all. Nothing is counted until all processes are warm.
 */
export async function measureQuoteProcesses(
  region: BenchRegion,
  mapFile: string,
  processes: number,
  clients: number,
  count: number,
): Promise<Latencies> {
  const children = Array.from({ length: processes }, () =>
    fork(fileURLToPath(import.meta.resolve("./quote-process.ts"))),
  );
  try {
    await Promise.all(
      children.map((child) => {
        const work: QuoteWork = {
          databaseUrl: region.stack.databaseUrl,
          stateDir: region.stateDir,
          mapFile,
          clients: Math.ceil(clients / processes),
          warmUp: WARM_UP,
          requests: Array.from({ length: WARM_UP + Math.ceil(count / processes) }, () => region.draw()),
        };
        child.send(work);
        return answerOf(child);
      }),
    );
    const started = performance.now();
    const answers = await Promise.all(
      children.map((child) => {
        child.send("go");
        return answerOf(child) as Promise<QuoteTimes>;
      }),
    );
    return latenciesOf(answers.flat(), performance.now() - started);
  } finally {
    for (const child of children) child.kill();
  }
}

/** The next message of a child; it fails if the child ends before. */
async function answerOf(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const gone = once(child, "exit", { signal: ended.signal }).then(([code]) => {
    throw new Error(`a process that quotes ended with ${code} before it answered`);
  });
  try {
    const [answer] = await Promise.race([once(child, "message", { signal: ended.signal }), gone]);
    return answer;
  } finally {
    ended.abort();
    gone.catch(() => undefined);
  }
}
