import { InstanceError } from "./instance.ts";

/** The numbers of one line of a file, and its number from 1. */
export interface NumberLine {
  readonly line: number;
  readonly values: readonly number[];
}

/** The numbers that stand in `text`, apart by white space. Throws {@link InstanceError} at what is none. */
export function numberLineOf(text: string, file: string, line: number): NumberLine {
  const values = text
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => {
      const value = Number(word);
      if (!Number.isFinite(value)) throw new InstanceError(file, line, `"${word}" is not a number`);
      return value;
    });
  return { line, values };
}

/** Windows end one later than what a file says, and must still fit 32 bits. */
const MOST = 2 ** 31 - 2;

/** A whole number from `least` on. Throws {@link InstanceError}. */
export function wholeOf(value: number, name: string, file: string, line: number, least = 0): number {
  if (Number.isInteger(value) && value >= least && value <= MOST) return value;
  throw new InstanceError(file, line, `${name} is ${value}, not a whole number from ${least} to ${MOST}`);
}

/** Of what is computed from coordinates, whose differences may be anything. Throws {@link InstanceError}. */
export function legOf(value: number, file: string, line: number): number {
  if (value <= MOST) return value;
  throw new InstanceError(file, line, `from here to another node it is ${value}, more than ${MOST}`);
}
