import { Badge } from "./badge.tsx";
import type { Tone } from "./tone.ts";

export interface StateLook {
  readonly label: string;
  readonly tone: Tone;
}

/** How each state of an entity looks. Total, so that a new state does not compile until it is drawn. */
export type StateLooks<State extends string> = Readonly<Record<State, StateLook>>;

export function StateBadge<State extends string>({ state, looks }: { state: State; looks: StateLooks<State> }) {
  const { label, tone } = looks[state];
  return <Badge tone={tone}>{label}</Badge>;
}
