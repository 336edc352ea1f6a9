/** Whether a check of kubenurse itself can have the name in some cluster. Of the names in KUBENURSE_EXTRA_CHECKS only these are refused: others have worked for years. */
export function isTakenType(name: string): boolean {
  return taken.some((pattern) => pattern.test(name));
}

/** Whether a check of kubenurse itself has the name or may ever get it. A settings file may have none of these. */
export function isOwnType(name: string): boolean {
  return isTakenType(name) || ownPrefixes.test(name);
}

const ownPrefixes = /^(me|path|api_server|dns|lookup|udp|tcp|payload|mesh)_/;

/** Types and targets of the built-in checks (`path` is that of all neighbours in lean detail) and keys of `last_check_result`. Names of nodes and pods are as Kubernetes allows them. */
const taken = [
  /^neighbourhood(_state)?$/,
  /^path($|_)/,
  /^(udp|tcp|payload)_[a-z0-9.-]+$/,
  /^me_(ingress|loopback|service|service_address|service_kept)$/,
  /^api_server_(direct|dns|kept|endpoint(_\d+)?)$/,
  /^lookup_(internal|internal_absolute|external)$/,
  /^dns_((service|resolver_\d+|pod_[a-z0-9.-]+)_(udp|tcp)|service_kept_port|external_udp)$/,
  /^mesh_rotation(_\d+)?$/,
];
