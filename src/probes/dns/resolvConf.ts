import { isIP, SocketAddress } from "node:net";

/** What the system's resolver is told (resolv.conf(5)). */
export interface ResolvConf {
  /** At most three, as the resolver reads them; IPv6 ones in their shortest form, with their scope. */
  readonly nameServers: readonly string[];
  readonly search: readonly string[];
  readonly ndots: number;
  readonly timeoutSeconds: number;
  readonly attempts: number;
}

const mostNameServers = 3;

/** Reads what glibc would read, with its defaults and bounds. What it doesn't understand is passed over, as it does. */
export function parseResolvConf(text: string): ResolvConf {
  const lines = text
    .split("\n")
    .filter((line) => !/^[;#]/.test(line))
    .map((line) => line.trim().split(/\s+/));
  const valuesOf = (...keywords: string[]) =>
    lines.filter(([keyword = ""]) => keywords.includes(keyword)).map(([, ...values]) => values);
  const options = valuesOf("options").flat();
  const option = (name: string, fallback: number, most: number) => {
    const given = options.findLast((word) => new RegExp(`^${name}:\\d+$`).test(word));
    return given === undefined ? fallback : Math.min(Number(given.slice(name.length + 1)), most);
  };
  return {
    nameServers: valuesOf("nameserver")
      .map(([address = ""]) => address)
      .filter((address) => isIP(address) !== 0)
      .slice(0, mostNameServers)
      .map(shortestForm),
    // The last line counts, whichever of the two keywords it has.
    search: valuesOf("search", "domain").at(-1) ?? [],
    ndots: option("ndots", 1, 15),
    timeoutSeconds: option("timeout", 5, 30),
    attempts: option("attempts", 2, 5),
  };
}

function shortestForm(address: string): string {
  const [bare = "", scope] = address.split("%");
  const { address: short } = new SocketAddress({ address: bare, family: isIP(bare) === 6 ? "ipv6" : "ipv4" });
  return scope === undefined ? short : `${short}%${scope}`;
}
