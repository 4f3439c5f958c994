import { rmSync } from "node:fs";
import { createServer } from "node:http";
import postgres from "postgres";
import type { TestProject } from "vitest/node";
import { bootstrap } from "./bootstrap.ts";
import { createDataApi } from "./data-api.ts";
import { migrate } from "./migrate.ts";
import { startPostgres } from "./postgres-server.ts";
import { loadSecrets } from "./secrets.ts";
import { makeThrowawayDir } from "./throwaway-dir.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Answers GET with the URL of the run's Postgres, starting it at the first call. */
    testPostgresUrl: string;
  }
}

/** The database that every test database is a copy of. */
export const TEMPLATE_DATABASE = "kept_template";
const MAX_CONNECTIONS = 400;

/**
 * One throwaway Postgres for the whole run, started when the first test asks for a database: a run of pure unit
 * tests never pays for it. The tests live in other processes, so they ask over HTTP.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let running: Promise<MigratedPostgres> | undefined;
  const broker = createServer((_request, response) => {
    running ??= startMigratedPostgres();
    running.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => broker.listen(0, "127.0.0.1", resolve));
  const address = broker.address();
  if (typeof address !== "object" || !address) throw new Error("the broker of test databases has no address");
  project.provide("testPostgresUrl", `http://127.0.0.1:${address.port}`);
  return async () => {
    broker.closeAllConnections();
    broker.close();
    await running?.then(({ stop }) => stop()).catch(() => {});
  };
}

export interface MigratedPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** A throwaway Postgres whose template database is bootstrapped and migrated. */
export async function startMigratedPostgres(): Promise<MigratedPostgres> {
  const stateDir = makeThrowawayDir("kept-test-");
  const server = await startPostgres({ stateDir, port: 0, durable: false, maxConnections: MAX_CONNECTIONS });
  const stop = async () => {
    await server.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
  try {
    await makeTemplate(server.url, stateDir);
    return { url: server.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Makes the template database of the server at `serverUrl`: bootstrapped, migrated, empty. */
export async function makeTemplate(serverUrl: string, stateDir: string): Promise<void> {
  const admin = postgres(serverUrl, { max: 1, onnotice: () => {} });
  await admin.unsafe(`create database ${TEMPLATE_DATABASE}`);
  await admin.end();
  const databaseUrl = serverUrl.replace(/\/postgres$/, `/${TEMPLATE_DATABASE}`);
  const secrets = loadSecrets(stateDir);
  const api = createDataApi({ databaseUrl, secrets, siteUrl: "http://127.0.0.1:3000", tokenLifetimeSec: 3600 });
  const sql = postgres(databaseUrl, { max: 2, onnotice: () => {} });
  try {
    await bootstrap(sql, api);
    await migrate(sql);
  } finally {
    // A database with a session open cannot be copied.
    await Promise.all([sql.end(), api.close()]);
  }
}
