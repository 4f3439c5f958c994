import { Agent, createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { bundleEdge } from "#bin/edge-bundle.ts";
import { runWorkerd } from "#server/edge/test-workerd.ts";

/** One that only answers 204, as a module Worker. */
const EMPTY_WORKER = "export default { async fetch() { return new Response(null, { status: 204 }); } };";
/** One that reads what it is sent and answers a few words: what a check costs that knows everything beforehand. */
const ECHO_WORKER =
  'export default { async fetch(request) { await request.text(); return Response.json({ verdicts: [{ status: "ok" }], snapshot: null }); } };';
const CONNECTIONS = 16;
const ROUND_MS = 2500;

export interface RequestRate {
  readonly host: string;
  /** Requests a second: the check of one offer, and the handler that only answers 204. */
  readonly checkPerSec: number;
  readonly emptyPerSec: number;
  /** Of one that reads its body and answers JSON. */
  readonly echoPerSec: number;
}

/**
 * Requests a second of the edge check and of a handler that only answers 204, in the same host, by the same client, in turns:
 * `rounds` of each, of which the best counts, because other work on the machine only ever takes away.
 */
export async function measureRequestRate(
  bindings: Readonly<Record<string, string>>,
  offer: string,
  rounds: number,
): Promise<RequestRate[]> {
  const module = await bundleEdge();
  const body = JSON.stringify({ offers: [offer] });
  const workers = {
    check: await runWorkerd(module, bindings),
    empty: await runWorkerd(EMPTY_WORKER, {}),
    echo: await runWorkerd(ECHO_WORKER, {}),
  };
  const check = await inNode(module, bindings);
  const empty = await inNode(EMPTY_WORKER, {});
  const echo = await inNode(ECHO_WORKER, {});
  try {
    return [
      await compare("workerd", [workers.check.url, workers.empty.url, workers.echo.url], body, rounds),
      await compare("node:http", [check.url, empty.url, echo.url], body, rounds),
    ];
  } finally {
    check.server.close();
    empty.server.close();
    echo.server.close();
    await Promise.all([workers.check.stop(), workers.empty.stop(), workers.echo.stop()]);
  }
}

async function compare(
  host: string,
  [checkUrl, emptyUrl, echoUrl]: readonly [string, string, string],
  body: string,
  rounds: number,
): Promise<RequestRate> {
  let checkPerSec = 0;
  let emptyPerSec = 0;
  let echoPerSec = 0;
  // The first round of each is only to warm up.
  for (let round = 0; round <= rounds; round++) {
    const one = await perSecond(checkUrl, body, 200);
    const other = await perSecond(emptyUrl, body, 204);
    const echoed = await perSecond(echoUrl, body, 200);
    if (round === 0) continue;
    checkPerSec = Math.max(checkPerSec, one);
    emptyPerSec = Math.max(emptyPerSec, other);
    echoPerSec = Math.max(echoPerSec, echoed);
  }
  return { host, checkPerSec, emptyPerSec, echoPerSec };
}

/** The same module behind node:http in this process: what a small server of one's own would be. */
async function inNode(
  module: string,
  bindings: Readonly<Record<string, string>>,
): Promise<{ server: Server; url: string }> {
  const { default: worker } = await import(`data:text/javascript;base64,${Buffer.from(module).toString("base64")}`);
  const execution = { waitUntil: (_work: Promise<unknown>) => {} };
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", async () => {
      const init = { method: incoming.method!, headers: incoming.headers as HeadersInit, body: Buffer.concat(chunks) };
      const answer: Response = await worker.fetch(new Request("http://127.0.0.1/", init), bindings, execution);
      outgoing
        .writeHead(answer.status, Object.fromEntries(answer.headers))
        .end(Buffer.from(await answer.arrayBuffer()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

/** By sixteen connections that stay open, each asking again as soon as it has its answer. */
async function perSecond(url: string, body: string, status: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  let answered = 0;
  const started = performance.now();
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      const asking = httpRequest(url, { method: "POST", agent, headers }, (answer) => {
        if (answer.statusCode !== status) reject(new Error(`${url} answered ${answer.statusCode}`));
        answer.resume().on("end", resolve);
      });
      asking.on("error", reject).end(body);
    });
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() - started < ROUND_MS) {
        await ask();
        answered++;
      }
    }),
  );
  agent.destroy();
  return (answered * 1000) / (performance.now() - started);
}
