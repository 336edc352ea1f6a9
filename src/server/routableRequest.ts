import type { IncomingMessage, RequestListener } from "node:http";

/** Lets every request that Go's server would take reach the routes, which need a URL and look at no more than its path. */
export function routableRequest(listener: RequestListener): RequestListener {
  return (request, response) => {
    // An HTTP/1.0 client sends no Host, and no URL can be made of some, such as those with an IPv6 zone.
    if (validHost.test(request.headers.host ?? "")) request.headers.host = "localhost";
    if (!hasPath(request)) request.url = "/";
    listener(request, response);
  };
}

/** The characters of a host and a port (RFC 3986, section 3.2.2), which is all that Go looks at. */
const validHost = /^[\w!$%&'()*+,.:;=[\]~-]*$/;

/** `OPTIONS *` has none. */
function hasPath({ url = "" }: IncomingMessage): boolean {
  return /^(?:\/|https?:\/\/)/.test(url);
}
