// Prints "N passed, N failed[, N skipped]" over Vitest's JSON reports; fails where one is missing.
import { readFileSync } from "node:fs";

const reports = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf8")));
const sum = (field) => reports.reduce((total, report) => total + report[field], 0);
const skipped = sum("numPendingTests");
const skips = skipped > 0 ? `, ${skipped} skipped` : "";
process.stdout.write(`${sum("numPassedTests")} passed, ${sum("numFailedTests")} failed${skips}\n`);
