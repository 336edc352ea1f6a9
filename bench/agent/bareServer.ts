import { readFileSync } from "node:fs";
import { createServer } from "node:http";

/** The least that Node can be and yet answer what an agent is asked: the baseline. */
const { BENCH_ADDRESS: address, BENCH_METRICS: file } = process.env;
if (!address || !file) throw new Error("to be run by bench/agent/run.ts");
createServer((request, response) => {
  response.end(request.url === "/metrics" ? readFileSync(file) : undefined);
}).listen(8080, address);
// Nobody else ends it when the benchmark was killed.
process.on("disconnect", () => process.exit());
