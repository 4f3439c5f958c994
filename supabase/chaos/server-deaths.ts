import type { Random } from "#server/core/random.ts";
import type { ChaosServer } from "./chaos-server.ts";

/** Kills of the server, and how long each took until it served again. */
export class ServerDeaths {
  readonly #server: ChaosServer;
  readonly #recoveriesMs: number[] = [];
  isDying = false;

  constructor(server: ChaosServer) {
    this.#server = server;
  }

  get recoveriesMs(): readonly number[] {
    return this.#recoveriesMs;
  }

  async kill(): Promise<void> {
    this.isDying = true;
    this.#recoveriesMs.push(await this.#server.kill());
    this.isDying = false;
  }
}

/** Where the server is killed, by number of the attempt: somewhere in each of as many equal stretches. */
export function drawKills(random: Random, attempts: number, kills: number): ReadonlySet<number> {
  return new Set(
    Array.from({ length: kills }, (_, k) => Math.floor((attempts * (k + random.between(0.2, 0.9))) / kills)),
  );
}
