import { runPrometheusDemo } from "../src/demo/prometheusDemo.ts";

const end = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => end.abort());
const print = (line: string) => void process.stdout.write(`${line}\n`);
try {
  await runPrometheusDemo(print, end.signal);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
