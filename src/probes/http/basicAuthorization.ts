/** The header that a URL with credentials asks for (RFC 7617); none without. */
export function basicAuthorization(header: string, { username, password }: URL): Record<string, string> {
  if (username === "") return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { [header]: `Basic ${Buffer.from(credentials).toString("base64")}` };
}
