import { createServer } from "node:net";
import { operatorFault } from "./host-fault.ts";

/** A port of 127.0.0.1 that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return tryPort(0);
}

/** Refuses, in one sentence that names `portVariable`, a port that is taken: better now than after minutes of work. */
export async function requireFreePort(port: number, portVariable: string): Promise<void> {
  try {
    await tryPort(port);
  } catch (error) {
    throw operatorFault(error, { dir: "", port, portVariable });
  }
}

function tryPort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(wanted, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : wanted));
    });
  });
}
