import fc from "fast-check";
import { expect, test } from "vitest";
import { createMinHeap, popMin, pushMin } from "./min-heap.ts";

test("pairs come out by rising key, whatever the order of pushes and pops", () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 50 }) },
    { weight: 2, arbitrary: fc.constant(null) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = createMinHeap(2);
      const sorted: number[] = [];
      for (const key of steps) {
        if (key !== null) {
          pushMin(heap, key, key * 7);
          sorted.push(key);
          sorted.sort((a, b) => a - b);
        } else if (sorted.length > 0) {
          const smallest = sorted.shift()!;
          expect(heap.keys[0]).toBe(smallest);
          expect(heap.values[0]).toBe(smallest * 7);
          popMin(heap);
        }
        expect(heap.size).toBe(sorted.length);
      }
    }),
  );
});
