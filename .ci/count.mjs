// Prints "N passed, N failed[, N skipped]" from Vitest's JSON report; fails where there is none.
import { readFileSync } from "node:fs";

const {
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: skipped,
} = JSON.parse(readFileSync(process.argv[2], "utf8"));
const skips = skipped > 0 ? `, ${skipped} skipped` : "";
process.stdout.write(`${passed} passed, ${failed} failed${skips}\n`);
