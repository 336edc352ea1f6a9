import { isIP, isIPv6 } from "node:net";
import { type Kind, refuse } from "./kind.ts";
import { type LabelSelector, parseLabelSelector } from "./labelSelector.ts";

export const labelSelector: Kind<LabelSelector> = {
  expected: "a Kubernetes label selector such as app=kubenurse",
  parse: parseLabelSelector,
  schema: {},
};

export const dnsLabel: Kind<string> = {
  expected: "a DNS label such as kube-system, or nothing",
  parse: (given) => (/^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$/.test(given) ? given : refuse("no DNS label")),
  schema: { pattern: "^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$" },
};

/** A host as a URL shows it: an IPv6 address gets its brackets here. */
export const host: Kind<string> = {
  expected: "a host name or an IP address",
  parse(given) {
    if (isIPv6(given) && URL.canParse(`http://[${given}]`)) return `[${given}]`;
    const isName = given === "" || (/^[\w.-]+$/.test(given) && URL.canParse(`http://${given}`));
    return isName ? given : refuse("not a host");
  },
  schema: {},
};

export const port: Kind<string> = {
  expected: "a port from 1 to 65535",
  parse(given) {
    const isPort = given === "" || (/^\d+$/.test(given) && Number(given) >= 1 && Number(given) <= 65535);
    return isPort ? given : refuse("not a port");
  },
  schema: { pattern: "^[0-9]*$" },
};

export const requiredPort: Kind<number> = {
  expected: "a port from 1 to 65535",
  parse: (given) => Number(port.parse(given) || refuse("empty")),
  schema: { pattern: "^[0-9]*$" },
  emptyIsDefault: true,
};

export const address: Kind<string> = {
  expected: "an IP address, or nothing",
  parse: (given) => (given === "" || isIP(given) !== 0 ? given : refuse("no IP address")),
  schema: {},
};

export const dnsName: Kind<string> = {
  expected: "a DNS name such as example.org, or nothing",
  parse: (given) =>
    given.length < 254 && /^([\w-]{1,63}(\.[\w-]{1,63})*\.?)?$/.test(given) ? given : refuse("no DNS name"),
  schema: { pattern: "^([\\w-]{1,63}(\\.[\\w-]{1,63})*\\.?)?$" },
};

/** A Service by its namespace and name. */
export const serviceName: Kind<{ readonly namespace: string; readonly name: string }> = {
  expected: "a Service as namespace/name",
  parse(given) {
    const [namespace, name, ...more] = given.split("/");
    if (!namespace || !name || more.length > 0)
      throw new SyntaxError("not two names with a slash between them");
    return { namespace: dnsLabel.parse(namespace), name: dnsLabel.parse(name) };
  },
  schema: { pattern: "^([-a-z0-9]+/[-a-z0-9]+)?$" },
  emptyIsDefault: true,
};
