/** Where a URL leads: its host, without the brackets of an IPv6 address, and its port or that of its scheme. */
export function hostAndPort({ hostname, port, protocol }: URL): {
  readonly host: string;
  readonly port: number;
} {
  const host = hostname.replace(/^\[|\]$/g, "");
  return { host, port: Number(port) || (protocol === "https:" ? 443 : 80) };
}
