/** The smallest sample that at least `share` of all are not above (nearest rank); undefined without samples. `sorted` ascends. */
export function quantile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
