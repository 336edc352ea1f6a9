import type { Row } from "./row.ts";
import type { Picture } from "./table.ts";

const looksPerSecond = 2;
/** So many changes of one look are told, since a fault can hit every check at once. */
const changesShown = 20;

/** Writes a line for each change, and every `summarySeconds` one about the whole, for where no terminal is. */
export function writeLines(
  picture: () => Picture,
  summarySeconds: number,
  write: (line: string) => void,
): Disposable {
  const begun = performance.now();
  let before = statesOf(picture());
  const tell = (line: string) => write(`${age(begun)} ${line}`);
  const look = () => {
    const now = statesOf(picture());
    const changes = changesBetween(before, now);
    before = now;
    for (const line of changes.slice(0, changesShown)) tell(line);
    if (changes.length > changesShown) tell(`… and ${changes.length - changesShown} more changes`);
  };
  tell(picture().title);
  const timers = [
    setInterval(look, 1000 / looksPerSecond),
    setInterval(() => tell(summaryOf(picture())), summarySeconds * 1000),
  ];
  return { [Symbol.dispose]: () => timers.forEach(clearInterval) };
}

/** What is said of each thing, by its name. A check counts as ok until it fails. */
function statesOf({ rows, findings, faults }: Picture): ReadonlyMap<string, string> {
  const states = new Map<string, string>();
  for (const fault of faults) states.set(`fault ${fault}`, "begun");
  for (const { what } of typeof findings === "string" ? [] : findings) states.set(`finding ${what}`, "open");
  for (const { node, state, failing } of rows) {
    states.set(node, state);
    for (const { type, detail } of failing) states.set(`${node} ${type}`, `FAIL ${detail}`);
  }
  return states;
}

export function changesBetween(
  before: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): string[] {
  const changed = [...now].filter(([name, state]) => before.get(name) !== state);
  const ended = [...before.keys()].filter((name) => !now.has(name));
  return [
    ...changed.map(([name, state]) => `${name}: ${state}`),
    ...ended.map((name) => `${name}: ${endOf(name)}`),
  ];
}

function endOf(name: string): string {
  if (name.startsWith("finding ")) return "closed";
  return name.startsWith("fault ") ? "healed" : "ok";
}

export function summaryOf({ rows, findings, faults }: Picture): string {
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  const checks = sum(
    ({ checks, paths, layers }) => Object.keys(checks).length + paths.all + (layers?.all ?? 0),
  );
  const failing = sum((row) => row.failing.length);
  return [
    `${rows.length} nodes`,
    `${checks - failing}/${checks} checks ok`,
    `errors in the last minute: ${sum(({ errors }) => errors)}`,
    `findings: ${typeof findings === "string" ? findings : findings.length}`,
    `faults: ${faults.length}`,
  ].join(", ");
}

function age(begun: number): string {
  const seconds = Math.floor((performance.now() - begun) / 1000);
  return `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, "0")}s`;
}
