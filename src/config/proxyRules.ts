import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";

/** Which proxy a request goes through. */
export interface ProxyRules {
  /** The proxy for this URL; absent means: directly. */
  proxyFor(url: URL): URL | undefined;
}

/**
 * Decides as Go's `http.ProxyFromEnvironment` does: by the URL's scheme, never for `localhost` and loopback addresses.
 * `noProxy` lists exceptions, separated by commas: `*`, a domain (with its subdomains, without the domain itself where it
 * starts with `.` or `*.`), an address or a CIDR block; each but a block may end in `:port`.
 */
export function createProxyRules(proxies: {
  readonly http: URL | undefined;
  readonly https: URL | undefined;
  readonly noProxy: string;
}): ProxyRules {
  const exceptions = proxies.noProxy
    .toLowerCase()
    .split(",")
    .map((entry) => exceptionFor(entry.trim()));
  return {
    proxyFor(url) {
      const destination = destinationOf(url);
      if (isLocal(destination.host) || exceptions.some((applies) => applies(destination))) return undefined;
      return url.protocol === "https:" ? proxies.https : proxies.http;
    },
  };
}

interface Destination {
  /** A literal IPv6 address is without brackets. */
  readonly host: string;
  readonly port: string;
}

function destinationOf({ hostname, port, protocol }: URL): Destination {
  return {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (protocol === "https:" ? "443" : "80") : port,
  };
}

const isLoopback = network("127.0.0.0", 8);

function isLocal(host: string): boolean {
  return host === "localhost" || host === "::1" || isLoopback(host);
}

/** An entry that is malformed never applies, as in Go. */
function exceptionFor(entry: string): (destination: Destination) => boolean {
  if (entry === "*") return () => true;
  const [, base = "", prefix = ""] = /^([^/]+)\/(\d+)$/.exec(entry) ?? [];
  if (isIP(base) !== 0 && Number(prefix) <= bitsOf(base)) {
    const contains = network(base, Number(prefix));
    return ({ host }) => contains(host);
  }
  const { name, port } = nameAndPort(entry);
  const isThePort = (destination: Destination) => port === "" || port === destination.port;
  if (name === "") return () => false;
  if (isIP(name) !== 0) {
    const contains = network(name, bitsOf(name));
    return (destination) => isThePort(destination) && contains(destination.host);
  }
  const domain = domainToASCII(name.replace(/^\*(?=\.)/, "")) || name;
  const isUnder = ({ host }: Destination) =>
    domain.startsWith(".") ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
  return (destination) => isIP(destination.host) === 0 && isThePort(destination) && isUnder(destination);
}

function nameAndPort(entry: string): { name: string; port: string } {
  const [, bracketed, plain, port = ""] = /^(?:\[([^\]]*)\]|([^:]*)):(.*)$/.exec(entry) ?? [];
  const name = bracketed ?? plain;
  return name === undefined || isIP(entry) !== 0 ? { name: entry, port: "" } : { name, port };
}

const bitsOf = (address: string) => (isIPv4(address) ? 32 : 128);

/** Whether an address is in the network `address/prefix`. */
function network(address: string, prefix: number): (host: string) => boolean {
  const family = isIPv4(address) ? "ipv4" : "ipv6";
  const block = new BlockList();
  block.addSubnet(address, prefix, family);
  return (host) => {
    // A block of IPv6 would contain IPv4 addresses by their mapped form, so that ::/0 would be everything.
    if (isIPv4(host)) return family === "ipv4" && block.check(host, "ipv4");
    return isIPv6(host) && block.check(host, "ipv6");
  };
}
