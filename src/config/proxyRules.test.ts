import { expect, test } from "vitest";
import { createProxyRules } from "./proxyRules.ts";

const http = new URL("http://proxy:3128");
const https = new URL("http://secure-proxy:3128");
const proxied = (url: string, noProxy: string) =>
  createProxyRules({ http, https, noProxy }).proxyFor(new URL(url)) !== undefined;

test("the URL's scheme decides which proxy", () => {
  const rules = createProxyRules({ http, https, noProxy: "" });
  expect(rules.proxyFor(new URL("http://example.com/"))).toBe(http);
  expect(rules.proxyFor(new URL("https://example.com/"))).toBe(https);
  const onlyHttp = createProxyRules({ http, https: undefined, noProxy: "" });
  expect(onlyHttp.proxyFor(new URL("https://example.com/"))).toBeUndefined();
});

test.each([
  "http://localhost/",
  "https://localhost:8443/",
  "http://127.0.0.1/",
  "http://127.9.9.9/",
  "http://[::1]/",
])("%s never goes through a proxy", (url) => {
  expect(proxied(url, "")).toBe(false);
});

// Both tables are what Go's httpproxy says (golang.org/x/net v0.56).
test.each([
  ["*", "http://example.com/"],
  ["other, *", "http://10.0.0.1/"],
  ["example.com", "http://example.com/"],
  ["example.com", "http://a.b.example.com/"],
  ["EXAMPLE.com", "http://example.COM/"],
  [" example.com ", "http://example.com/"],
  [".example.com", "http://a.example.com/"],
  ["*.example.com", "http://a.example.com/"],
  ["example.com:8080", "http://example.com:8080/"],
  ["example.com:80", "http://example.com/"],
  ["example.com:443", "https://example.com/"],
  ["m\u00fcnchen.de", "http://m\u00fcnchen.de/"],
  ["svc,cluster.local", "http://kubenurse.kube-system.svc.cluster.local:8080/"],
  ["10.1.2.3", "http://10.1.2.3:8080/"],
  ["10.1.2.3:8080", "http://10.1.2.3:8080/"],
  ["10.0.0.0/8", "https://10.1.2.3/"],
  ["fd00::1", "http://[fd00::1]/"],
  ["[fd00::1]:80", "http://[fd00::1]/"],
  ["fd00::/8", "http://[fd12::1]/"],
  ["10.0.0.0/8", "http://[::ffff:10.1.2.3]/"],
])("NO_PROXY %j leaves out %s", (noProxy, url) => {
  expect(proxied(url, noProxy)).toBe(false);
});

test.each([
  ["", "http://example.com/"],
  [",,", "http://example.com/"],
  ["example.com", "http://notexample.com/"],
  [".example.com", "http://example.com/"],
  ["*.example.com", "http://example.com/"],
  ["*example.com", "http://notexample.com/"],
  ["example.com:8080", "http://example.com/"],
  [":80", "http://example.com/"],
  ["10.1.2.3:8080", "http://10.1.2.3/"],
  ["10.0.0.0/33", "http://10.1.2.3/"],
  ["11.0.0.0/8", "http://10.1.2.3/"],
  ["2.3", "http://10.1.2.3/"],
  ["::/0", "http://10.1.2.3/"],
  ["0.0.0.0/0", "http://[fd00::1]/"],
  ["fd00::1:80", "http://[fd00::1]/"],
])("NO_PROXY %j does not leave out %s", (noProxy, url) => {
  expect(proxied(url, noProxy)).toBe(true);
});
