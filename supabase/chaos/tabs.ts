import { type Client, openClient } from "./client.ts";

/** A place for one connection, which is opened anew whenever it is lost. */
export type Tab = () => Client;

/** All connections of a run. */
export class Tabs {
  readonly #url: string;
  readonly #clients = new Set<Client>();
  readonly #spare: Tab[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  open(): Tab {
    let client: Client | undefined;
    return () => {
      if (!client || client.isLost()) {
        if (client) {
          this.#clients.delete(client);
          void client.end();
        }
        client = openClient(this.#url);
        this.#clients.add(client);
      }
      return client;
    };
  }

  /** Lends a second connection to a client that does two things at once. */
  async withOther<T>(work: (otherTab: Tab) => Promise<T>): Promise<T> {
    const otherTab = this.#spare.pop() ?? this.open();
    try {
      return await work(otherTab);
    } finally {
      this.#spare.push(otherTab);
    }
  }

  async end(): Promise<void> {
    await Promise.all([...this.#clients].map((client) => client.end()));
  }
}
