/** What must wait while something stands still. Those who wait go on in the order in which they came. */
export interface Gate {
  readonly closed: boolean;
  close(): void;
  open(): void;
  /** Resolves at once, or when the gate is opened. */
  passed(): Promise<void>;
}

export function createGate(): Gate {
  let state: { closed: false } | { closed: true; opened: Promise<void>; open: () => void } = {
    closed: false,
  };
  return {
    get closed() {
      return state.closed;
    },
    close() {
      if (state.closed) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      state = { closed: true, opened: promise, open: resolve };
    },
    open() {
      if (!state.closed) return;
      state.open();
      state = { closed: false };
    },
    passed: () => (state.closed ? state.opened : Promise.resolve()),
  };
}
