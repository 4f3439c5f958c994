import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type ChaosServer, startChaosServer } from "./chaos-server.ts";
import { hunt, MUTANTS } from "./mutants.ts";
import { runChaos } from "./run-chaos.ts";

// The short form of `npm run chaos`, so that a change which breaks the holds, or blinds the harness, is noticed at once.

const CONNECTIONS = 16;
// Slow where other tests share the machine, and then still right.
vi.setConfig({ testTimeout: 120_000 });

let server: ChaosServer;
beforeAll(async () => {
  server = await startChaosServer(CONNECTIONS);
});
afterAll(() => server?.stop());

test("400 attempts, clients that die in mid-transaction and a killed server: every acknowledged promise is kept", async () => {
  const database = await server.createDatabase(120);
  const plan = { attempts: 400, connections: CONNECTIONS, crash: 0.05, kills: 1, seed: 1 };
  const report = await runChaos(server, database, plan);
  await database.drop();
  expect(report.found).toEqual([]);
  expect(report.attempts).toBe(400);
  expect(report.recoveriesMs).toHaveLength(1);
  expect(report.crashes).toBeGreaterThan(5);
  // A run in which everything succeeds, or nothing does, proves nothing.
  expect(report.outcomes.hold).toMatchObject({ done: expect.any(Number) });
  expect(Object.keys(report.outcomes.hold!).length).toBeGreaterThan(2);
  expect(report.outcomes.confirm?.done).toBeGreaterThan(20);
  expect(report.expired).toBeGreaterThan(5);
});

describe("the harness notices", () => {
  test.for([
    ["confirm without lock", /./],
    ["confirm without expiry test", /^confirmed after its end$/],
    ["unsorted lines", /^deadlock$/],
    ["hold and claims in two transactions", /./],
    ["move that does not give back", /./],
  ] as const)("%s", async ([name, signal]) => {
    const mutant = MUTANTS.find((m) => m.name === name)!;
    const { found } = await hunt(server, mutant, { attempts: 1500, connections: CONNECTIONS, seed: 1 });
    expect(found?.signal).toMatch(signal);
  });
});
