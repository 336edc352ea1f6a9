import { readFileSync, writeFileSync } from "node:fs";
import { withVariablesTable } from "../src/config/variablesTable.ts";

// Renews the README's table of variables; a test says when that was forgotten.
const readme = new URL("../README.md", import.meta.url);
writeFileSync(readme, withVariablesTable(readFileSync(readme, "utf8")));
