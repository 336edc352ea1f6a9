import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { chart } from "./helm.ts";

const folder = join(chart, "ci");
const ending = "-values.yaml";

/** Names of the values files that the chart is tested with, such as `ingress`. */
export const ciNames = readdirSync(folder).map((file) => basename(file, ending));

/** helm's arguments for one of them. */
export const ciValues = (name: string) => ["--values", join(folder, `${name}${ending}`)];
