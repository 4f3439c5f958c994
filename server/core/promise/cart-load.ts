/** What a van must have for the goods, as bits. */
export const NEEDS = { chilled: 1, frozen: 2 } as const;

/** What a van or a carrier has, as bits of {@link NEEDS}. */
export function coldOf(of: { readonly carriesChilled: boolean; readonly carriesFrozen: boolean }): number {
  return (of.carriesChilled ? NEEDS.chilled : 0) | (of.carriesFrozen ? NEEDS.frozen : 0);
}

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
  /** What each way up to the door takes besides. */
  readonly climbSec: number;
}

/** A line of a cart, all its units together. Lines of one group are not parted. */
export interface CartLineLoad {
  readonly group: number;
  readonly units: number;
  readonly weightG: number;
  readonly volumeMl: number;
  readonly valueCents: number;
  readonly needs: number;
}

/** Groups are numbered 0 … without a gap. */
export function groupLines(lines: readonly CartLineLoad[], climbSec = 0): CartGroups {
  const count = lines.reduce((most, { group }) => Math.max(most, group + 1), 0);
  const groups = {
    count,
    lines: new Int32Array(count),
    units: new Int32Array(count),
    weightG: new Int32Array(count),
    volumeMl: new Int32Array(count),
    valueCents: new Int32Array(count),
    needs: new Int32Array(count),
    climbSec,
  };
  for (const { group, units, weightG, volumeMl, valueCents, needs } of lines) {
    groups.lines[group]! += 1;
    groups.units[group]! += units;
    groups.weightG[group]! += weightG;
    groups.volumeMl[group]! += volumeMl;
    groups.valueCents[group]! += valueCents;
    groups.needs[group]! |= needs;
  }
  return groups;
}

/** By group: 1 where the units at hand, by line, are enough for all of its lines. */
export function heldGroups(
  lines: readonly Pick<CartLineLoad, "group" | "units">[],
  available: ArrayLike<number>,
): Uint8Array {
  const held = new Uint8Array(lines.reduce((most, { group }) => Math.max(most, group + 1), 0)).fill(1);
  for (const [i, { group, units }] of lines.entries()) if (available[i]! < units) held[group] = 0;
  return held;
}

/** At the door: park, carry, hand over. A minute more for what does not fit into one walk. */
const DOOR_SEC = 180;
const CARRIED_AT_ONCE_G = 15_000;
const FURTHER_WALK_SEC = 60;
/** Whatever is carried however high: a second pair of hands is cheaper. */
const MOST_SERVICE_SEC = 7200;

/** 0 … count − 1. */
export function allGroups({ count }: Pick<CartGroups, "count">): number[] {
  const groups: number[] = [];
  for (let group = 0; group < count; group++) groups.push(group);
  return groups;
}

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
  const serviceSec = DOOR_SEC + (walks - 1) * FURTHER_WALK_SEC + walks * cart.climbSec;
  return { weightG, volumeMl, needs, serviceSec: Math.min(serviceSec, MOST_SERVICE_SEC) };
}
