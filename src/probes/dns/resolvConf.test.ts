import fc from "fast-check";
import { expect, test } from "vitest";
import { parseResolvConf } from "./resolvConf.ts";

test("what the kubelet writes", () => {
  const text = `search nurses.svc.cluster.local svc.cluster.local cluster.local
nameserver 10.96.0.10
options ndots:5
`;
  expect(parseResolvConf(text)).toEqual({
    nameServers: ["10.96.0.10"],
    search: ["nurses.svc.cluster.local", "svc.cluster.local", "cluster.local"],
    ...{ ndots: 5, timeoutSeconds: 5, attempts: 2 },
  });
});

test("nothing means glibc's defaults, and no name server", () => {
  expect(parseResolvConf("")).toEqual({
    ...{ nameServers: [], search: [], ndots: 1, timeoutSeconds: 5, attempts: 2 },
  });
});

test("name servers of both families, of which the first three count", () => {
  const text = `# nameserver 192.0.2.1
; nameserver 192.0.2.2
nameserver\tFD00:10:96:0:0:0:0:A
nameserver dns.example
nameserver fe80:0::1%eth0
  nameserver 169.254.20.10   # NodeLocal DNSCache
nameserver 192.0.2.4`;
  expect(parseResolvConf(text).nameServers).toEqual(["fd00:10:96::a", "fe80::1%eth0", "169.254.20.10"]);
});

test("the last search list and the last of an option count, within glibc's bounds", () => {
  const text = `search a.test b.test
domain c.test
options ndots:3 timeout:1 rotate ndots:x
options attempts:9 ndots:99 timeout:2 use-vc`;
  expect(parseResolvConf(text)).toMatchObject({
    ...{ search: ["c.test"], ndots: 15, timeoutSeconds: 2, attempts: 5 },
  });
});

test("no text is too odd to be read", () => {
  const word = fc.constantFrom(
    "nameserver",
    "search",
    "options",
    "ndots:",
    "::1%",
    "1.1.1.1",
    " ",
    "\n",
    "\r",
    "%",
    "#",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string())), (words) => {
      expect(parseResolvConf(words.join(" ")).nameServers.length).toBeLessThanOrEqual(3);
    }),
  );
});
