import type { DatagramOptions, Datagrams, Edges } from "../../edges.ts";

/** One UDP port for the queries of many attempts, one attempt at a time. Its `openDatagrams` lends it out, and `close` of what is lent gives it back. */
export interface KeptPort extends Pick<Edges, "openDatagrams"> {
  close(): void;
}

/** More answers than these are not under way after the attempts that asked for them. */
const mostRemembered = 16;

/** News of the way to the server, which leaves the socket as it was. */
const remoteErrors = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"]);

/** Opens its port at the first attempt, and again only after an error of this host. */
export function createKeptPort({ openDatagrams }: Pick<Edges, "openDatagrams">): KeptPort {
  let kept: Datagrams | undefined;
  let borrower: Pick<DatagramOptions, "onMessage" | "onError"> | undefined;
  let closed = false;
  /** Ids of queries that were given up or answered. */
  let earlier: readonly number[] = [];
  let latest: number | undefined;

  const drop = () => {
    kept?.close();
    kept = undefined;
  };
  const open = (options: DatagramOptions) =>
    openDatagrams({
      ...options,
      onMessage(message, from) {
        const id = idOf(message);
        // Two queries may have one id by chance.
        if (id === latest || !earlier.includes(id)) borrower?.onMessage(message, from);
      },
      onError(error) {
        if (!remoteErrors.has(error.code ?? "")) drop();
        borrower?.onError(error);
      },
    });
  return {
    async openDatagrams(options) {
      borrower = options;
      const port = kept ?? (await open(options));
      kept = port;
      // It may have been closed while it was opened.
      if (closed) drop();
      return {
        port: port.port,
        send(message, to) {
          if (latest !== undefined) earlier = [...earlier, latest].slice(-mostRemembered);
          latest = idOf(message);
          port.send(message, to);
        },
        close() {
          borrower = undefined;
        },
      };
    },
    close() {
      closed = true;
      drop();
    },
  };
}

/** A message starts with its id (RFC 1035, section 4.1.1); one that is too short has none. */
function idOf(message: Uint8Array): number {
  const [high = 0, low = Number.NaN] = message;
  return high * 256 + low;
}
