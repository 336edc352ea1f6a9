import type { Edges } from "../../edges.ts";

/** A name for the system's resolver. */
export interface LookupTarget {
  /** As an application gives it: search domains apply unless it ends with a dot. */
  readonly hostname: string;
  begin(edges: Pick<Edges, "lookup" | "clock">): Lookup;
}

type Lookup =
  | { readonly state: "begun"; readonly address: Promise<string> }
  /** That of an earlier attempt still runs, since this many monotonic seconds. */
  | { readonly state: "unfinished"; readonly since: number };

/** Lets one lookup run at a time: it can't be called off, and each that hangs takes one of the process's few threads for lookups. */
export function createLookupTarget(hostname: string): LookupTarget {
  let since: number | undefined;
  const over = () => {
    since = undefined;
  };
  return {
    hostname,
    begin({ lookup, clock }) {
      if (since !== undefined) return { state: "unfinished", since };
      since = clock.now();
      const address = lookup(hostname);
      address.then(over, over);
      return { state: "begun", address };
    },
  };
}
