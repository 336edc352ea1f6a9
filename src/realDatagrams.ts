import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import type { DatagramOptions, Datagrams } from "./edges.ts";

/**
 * Opens a UDP socket of the operating system at `localAddress`, or for all addresses of the family that is needed.
 * @throws the system's error where it can't be bound or connected.
 */
export async function openDatagrams(
  { port = 0, peer, onMessage, onError }: DatagramOptions,
  localAddress?: string,
): Promise<Datagrams> {
  const address = peer?.address ?? localAddress;
  const socket =
    address === undefined
      ? await bindToAll(port)
      : await bind(createSocket(familyOf(address)), port, localAddress);
  if (peer !== undefined) {
    try {
      const connected = once(socket, "connect");
      socket.connect(peer.port, peer.address);
      await connected;
    } catch (error) {
      socket.close();
      throw error;
    }
  }
  return listenTo(socket, { onMessage, onError }, peer !== undefined);
}

/** For both families, or for IPv4 where the system has no other. */
async function bindToAll(port: number): Promise<Socket> {
  try {
    return await bind(createSocket("udp6"), port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") throw error;
    return bind(createSocket("udp4"), port);
  }
}

async function bind(socket: Socket, port: number, address?: string): Promise<Socket> {
  try {
    const bound = once(socket, "listening");
    socket.bind(port, address);
    await bound;
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

const familyOf = (address: string) => (isIPv6(address) ? "udp6" : "udp4");

function listenTo(
  socket: Socket,
  { onMessage, onError }: Pick<DatagramOptions, "onMessage" | "onError">,
  connected: boolean,
): Datagrams {
  const { port } = socket.address();
  let closed = false;
  socket.on("message", (message, { address, port: from }) => {
    if (!closed) onMessage(message, { address, port: from });
  });
  const fail = (error: NodeJS.ErrnoException | null) => {
    if (error !== null && !closed) onError(error);
  };
  socket.on("error", fail);
  return {
    port,
    send(message, to) {
      if (closed) return;
      if (connected) socket.send(message, fail);
      else socket.send(message, to.port, to.address, fail);
    },
    close() {
      if (closed) return;
      closed = true;
      socket.close();
    },
  };
}
