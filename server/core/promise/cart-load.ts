/** What a van must have for the goods, as bits. */
export const NEEDS = { chilled: 1, frozen: 2 } as const;

/** What a cart, or a part of one, asks of the van that carries it. */
export interface CartLoad {
  readonly weightG: number;
  readonly volumeMl: number;
  /** Bits of {@link NEEDS}. */
  readonly needs: number;
  /** At the door. */
  readonly serviceSec: number;
}

/** A cart by groups of lines that are not parted, as parallel arrays. */
export interface CartGroups {
  readonly count: number;
  readonly lines: Int32Array;
  readonly units: Int32Array;
  readonly weightG: Int32Array;
  readonly volumeMl: Int32Array;
  readonly valueCents: Int32Array;
  readonly needs: Int32Array;
}

/** At the door: park, carry, hand over. A minute more for what does not fit into one walk. */
const DOOR_SEC = 180;
const CARRIED_AT_ONCE_G = 15_000;
const FURTHER_WALK_SEC = 60;

export function loadOf(cart: CartGroups, groups: readonly number[]): CartLoad {
  let weightG = 0;
  let volumeMl = 0;
  let needs = 0;
  for (const group of groups) {
    weightG += cart.weightG[group]!;
    volumeMl += cart.volumeMl[group]!;
    needs |= cart.needs[group]!;
  }
  const walks = Math.max(1, Math.ceil(weightG / CARRIED_AT_ONCE_G));
  return { weightG, volumeMl, needs, serviceSec: DOOR_SEC + (walks - 1) * FURTHER_WALK_SEC };
}
