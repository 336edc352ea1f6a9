import { createServer } from "node:net";
import type { SocketAddress } from "../edges.ts";
import { placesOf } from "./addresses.ts";
import { listen } from "./network/listener.ts";

/** Why the demo can't start here, in a line for the user. */
export class PreflightError extends Error {}

/** @throws PreflightError where a demo of this size can't start. */
export function checkAddresses(network: number, nodes: number, zones: number): Promise<void> {
  return checkPlaces(placesOf(network, nodes, zones));
}

/**
 * Tries whether these places can be listened at.
 * @throws PreflightError that says what is in the way and what to do.
 */
export async function checkPlaces(places: readonly SocketAddress[]): Promise<void> {
  const missing: string[] = [];
  for (const { address, port } of places) {
    const problem = await tryToListen(address, port);
    if (problem === "EADDRNOTAVAIL") missing.push(address);
    else if (problem === "EADDRINUSE") throw new PreflightError(portTaken(address, port));
    else if (problem !== "none") throw new PreflightError(`can't listen at ${address}:${port}: ${problem}`);
  }
  if (missing.length > 0) throw new PreflightError(addressesMissing(missing));
}

async function tryToListen(address: string, port: number): Promise<string> {
  try {
    await (await listen(createServer(), address, port)).close();
    return "none";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

function portTaken(address: string, port: number): string {
  return (
    `${address}:${port} is taken: stop the program that listens on port ${port} ` +
    `(\`lsof -nP -iTCP:${port} -sTCP:LISTEN\` names it; it may be another demo) and try again`
  );
}

/** macOS has only 127.0.0.1, and each further address has to be added. */
function addressesMissing(addresses: readonly string[]): string {
  return (
    `this machine does not have the loopback address ${addresses[0]}${addresses.length > 1 ? ` and ${addresses.length - 1} more` : ""}. ` +
    "Add them until the next restart, with fewer for a smaller `--nodes`: " +
    `for a in ${addresses.join(" ")}; do sudo ifconfig lo0 alias $a; done`
  );
}
