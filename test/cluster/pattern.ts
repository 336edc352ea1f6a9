/** Of a text in which `*` stands for any text. */
export function patternOf(wanted: string): RegExp {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${wanted.split("*").map(literal).join(".*")}$`);
}
