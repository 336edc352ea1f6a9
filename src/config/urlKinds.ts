import type { ExtraCheck } from "./config.ts";
import { type Kind, refuse } from "./kind.ts";
import { isTakenType } from "./ownTypes.ts";

/** The URL of a check at another agent: its base with the path appended as it is, so that a trailing slash is kept. */
export const agentUrl: Kind<URL | undefined> = {
  expected: "an absolute http or https URL",
  parse: (base) => (base === "" ? undefined : parseHttpUrl(`${base}/alwayshappy`)),
  schema: { pattern: "^([Hh][Tt][Tt][Pp][Ss]?://.+)?$" },
  mask: maskSecrets,
};

export const proxyUrl: Kind<URL | undefined> = {
  expected: "the URL of an http or https proxy",
  parse: (given) =>
    given === ""
      ? undefined
      : parseHttpUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`),
  schema: {},
  mask: maskSecrets,
};

export const extraChecks: Kind<readonly ExtraCheck[]> = {
  expected: "entries name:URL separated by |, each with an absolute http or https URL",
  parse: (given) => (given === "" ? [] : lastOfEachName(given.split("|").map(parseExtraCheck))),
  schema: {},
  mask: maskSecrets,
};

function parseExtraCheck(entry: string): ExtraCheck {
  const colon = entry.indexOf(":");
  const name = entry.slice(0, Math.max(colon, 0));
  if (colon < 0) throw new SyntaxError(`entry ${quote(entry)} has no colon`);
  if (name === "") throw new SyntaxError(`entry ${quote(entry)} has no name`);
  if (isTakenType(name)) {
    throw new SyntaxError(`the name ${quote(name)} is taken by a check of kubenurse itself`);
  }
  try {
    return { name, url: parseHttpUrl(entry.slice(colon + 1)) };
  } catch (error) {
    throw new SyntaxError(`entry ${quote(entry)}: ${(error as Error).message}`);
  }
}

function lastOfEachName(checks: readonly ExtraCheck[]): readonly ExtraCheck[] {
  return [...new Map(checks.map((check) => [check.name, check])).values()];
}

/**
 * Refuses what the URL parser would mend in silence: missing slashes, an empty host, white space around.
 * @throws SyntaxError with the reason, in which nothing of the text is.
 */
export function parseHttpUrl(given: string): URL {
  if (!/^https?:/i.test(given)) throw new SyntaxError("neither http:// nor https://");
  const isAsIs = /^https?:\/\/[^/?#\\]/i.test(given) && !/\s$|\p{Cc}/u.test(given);
  const url = (isAsIs ? URL.parse(given) : null) ?? refuse("not a URL");
  if (!isDecodable(`${url.username}:${url.password}`))
    refuse("user name or password is not percent-encoded UTF-8");
  return url;
}

function isDecodable(given: string): boolean {
  try {
    decodeURIComponent(given);
    return true;
  } catch {
    return false;
  }
}

function maskSecrets(given: string): string {
  return maskQueryValues(maskUserinfo(given));
}

/** Hides user names and passwords, up to the last @: a password that is not encoded may hold any character. */
function maskUserinfo(given: string): string {
  return given.replace(given.includes("//") ? /(\/\/)[^|]*@/g : /(^)[^|]*@/, "$1***@");
}

/** Keeps the names; what has no name may be a secret itself. */
function maskQueryValues(given: string): string {
  return given.replace(/\?[^|#]*/g, (query) => query.replace(/([?&;])([^&;=]*=)?[^&;]*/g, "$1$2***"));
}

const quote = (given: string) => JSON.stringify(maskSecrets(given));
