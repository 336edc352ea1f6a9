/** How many durations fell into each bucket, by the bucket's place; empty buckets are absent. JSON as it is. */
export type Sketch = { readonly [bucket: string]: number };

const lowest = 5e-5;
const perDoubling = 4;
/** 0.05 ms · 2^(80/4) is 52 s: longer than any attempt. */
export const mostBuckets = 80;

/** Adds one duration in seconds; the sketch given is not changed. Places are at most 9 % from the value. */
export function addToSketch(sketch: Sketch, seconds: number): Sketch {
  const place = Math.round(perDoubling * Math.log2(Math.max(seconds, lowest) / lowest));
  const bucket = Math.min(place, mostBuckets);
  return { ...sketch, [bucket]: (sketch[bucket] ?? 0) + 1 };
}

export function mergeSketches(a: Sketch, b: Sketch): Sketch {
  const merged: Record<string, number> = { ...a };
  for (const [bucket, count] of Object.entries(b)) merged[bucket] = (merged[bucket] ?? 0) + count;
  return merged;
}

export function sketchCount(sketch: Sketch): number {
  return Object.values(sketch).reduce((sum, count) => sum + count, 0);
}

/** The least duration in seconds that at least `share` of all reach; absent where there is none. */
export function sketchQuantile(sketch: Sketch, share: number): number | undefined {
  const needed = share * sketchCount(sketch);
  let sum = 0;
  // Integer keys of an object come in ascending order.
  for (const [bucket, count] of Object.entries(sketch)) {
    sum += count;
    if (sum >= needed && count > 0) return secondsAt(Number(bucket));
  }
  return undefined;
}

/** The part of a sketch from `seconds` on. */
export function sketchFrom(sketch: Sketch, seconds: number): Sketch {
  const first = Math.round(perDoubling * Math.log2(seconds / lowest));
  return Object.fromEntries(Object.entries(sketch).filter(([bucket]) => Number(bucket) >= first));
}

/** How many lie between the bounds in seconds, to the sketch's precision. */
export function sketchBetween(sketch: Sketch, from: number, to: number): number {
  return Object.entries(sketch).reduce((sum, [bucket, count]) => {
    const seconds = secondsAt(Number(bucket));
    return seconds >= from && seconds <= to ? sum + count : sum;
  }, 0);
}

/** The seconds in the middle of the bucket at `place`, which may lie between two. */
export function secondsAt(place: number): number {
  return lowest * 2 ** (place / perDoubling);
}
