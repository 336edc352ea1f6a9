import type { ResultListener } from "../results/results.ts";
import type { Sample } from "./sample.ts";

/** Families that results fill. */
export interface ResultFamilies extends Partial<Pick<ResultListener, "begun" | "counted" | "forgotten">> {
  samples(): Sample[];
}
