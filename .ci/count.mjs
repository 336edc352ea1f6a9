// Prints "N passed, N failed[, N skipped]" of Vitest's JSON report; fails where it is missing.
import { readFileSync } from "node:fs";

const [file] = process.argv.slice(2);
const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(file, "utf8"));
const skips = numPendingTests > 0 ? `, ${numPendingTests} skipped` : "";
process.stdout.write(`${numPassedTests} passed, ${numFailedTests} failed${skips}\n`);
