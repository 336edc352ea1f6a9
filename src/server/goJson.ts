/** A value as JSON the way Go's encoder indents and escapes it: one space a level, safe inside HTML, a newline at the end. */
export function writeGoJson(value: unknown): string {
  // These characters occur only inside strings, so they can be replaced in the whole text.
  const escaped = JSON.stringify(value, null, 1).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${escaped}\n`;
}
