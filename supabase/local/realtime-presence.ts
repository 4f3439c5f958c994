/** One appearance of somebody: what they track, marked so that clients can tell appearances apart. */
export type Meta = Readonly<Record<string, unknown>> & { readonly phx_ref: string };
/** Appearances by presence key. */
export type PresenceState = Record<string, { metas: Meta[] }>;
export interface PresenceDiff {
  readonly joins: PresenceState;
  readonly leaves: PresenceState;
}

/** Who is present on one channel. A key may be present several times, once per connection. */
export class Presence {
  readonly #appearances = new Map<string, { key: string; meta: Meta }>();

  /** `connection` tracks under `key`; what it tracked before leaves. */
  track(connection: string, key: string, meta: Meta): PresenceDiff {
    const { leaves } = this.untrack(connection);
    this.#appearances.set(connection, { key, meta });
    return { joins: { [key]: { metas: [meta] } }, leaves };
  }

  untrack(connection: string): PresenceDiff {
    const before = this.#appearances.get(connection);
    this.#appearances.delete(connection);
    return { joins: {}, leaves: before ? { [before.key]: { metas: [before.meta] } } : {} };
  }

  state(): PresenceState {
    const state: PresenceState = {};
    for (const { key, meta } of this.#appearances.values()) {
      state[key] ??= { metas: [] };
      state[key].metas.push(meta);
    }
    return state;
  }
}
