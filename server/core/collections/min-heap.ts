/**
 * A binary heap of (key, value) pairs in typed arrays, smallest key first.
 *
 * There is no decrease-key: push the value again and skip the stale pair when it comes up. On road networks, where a
 * vertex improves less than twice on average, that beats keeping every value's position.
 */
export interface MinHeap {
  keys: Float64Array;
  values: Int32Array;
  size: number;
}

export function createMinHeap(capacity = 256): MinHeap {
  return { keys: new Float64Array(capacity), values: new Int32Array(capacity), size: 0 };
}

export function pushMin(heap: MinHeap, key: number, value: number): void {
  if (heap.size === heap.values.length) grow(heap);
  const { keys, values } = heap;
  let at = heap.size++;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (keys[parent]! <= key) break;
    keys[at] = keys[parent]!;
    values[at] = values[parent]!;
    at = parent;
  }
  keys[at] = key;
  values[at] = value;
}

/** Removes the pair with the smallest key, which `keys[0]` and `values[0]` show before. The heap must not be empty. */
export function popMin(heap: MinHeap): void {
  const { keys, values } = heap;
  const size = --heap.size;
  const key = keys[size]!;
  const value = values[size]!;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && keys[child + 1]! < keys[child]!) child++;
    if (keys[child]! >= key) break;
    keys[at] = keys[child]!;
    values[at] = values[child]!;
    at = child;
  }
  keys[at] = key;
  values[at] = value;
}

function grow(heap: MinHeap): void {
  const keys = new Float64Array(heap.keys.length * 2);
  const values = new Int32Array(heap.values.length * 2);
  keys.set(heap.keys);
  values.set(heap.values);
  heap.keys = keys;
  heap.values = values;
}
