/** An array of numbers that grows. */
export interface Numbers<Kind extends Uint8Array | Int32Array | Float32Array> {
  readonly length: number;
  push(value: number): void;
  /** Valid until the next `push`; longer than `length`. */
  values(): Kind;
}

export function createNumbers<Kind extends Uint8Array | Int32Array | Float32Array>(
  make: (length: number) => Kind,
): Numbers<Kind> {
  let values = make(64);
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(value) {
      if (length === values.length) {
        const larger = make(2 * length);
        larger.set(values);
        values = larger;
      }
      values[length] = value;
      length += 1;
    },
    values: () => values,
  };
}
