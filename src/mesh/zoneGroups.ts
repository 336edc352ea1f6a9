/** The least nodes of a group. Larger groups mix zones more evenly, and more of their edges move when a node comes or goes. */
const leastGroup = 40;

/** Where a node stands on the ring. */
export interface Place {
  /** In [0, 1]. */
  readonly at: number;
  readonly zone: string;
}

/**
 * Cuts the ring into groups, in its order, so that a node that comes or goes changes the order within its own group and in no other. A part is
 * halved as long as both halves are large, and mixed so well that every zone that is large enough to watch every node still does.
 */
export function groupsOf<Node extends Place>(all: readonly Node[], limit: number): (readonly Node[])[] {
  const counts = countByZone(all);
  // Among so many in turns there is one of each zone that has its share.
  const within = limit - counts.size + 1;
  const hasItsShare = (zone: string, counts: ReadonlyMap<string, number>, of: number) =>
    (counts.get(zone) ?? 0) * within >= of;
  const watching = [...counts.keys()].filter((zone) => hasItsShare(zone, counts, all.length));
  const isGroup = (part: readonly Node[]) => {
    if (part.length < leastGroup) return false;
    const counts = countByZone(part);
    return watching.every((zone) => hasItsShare(zone, counts, part.length));
  };
  const halve = (part: readonly Node[], from: number, to: number): (readonly Node[])[] => {
    const middle = (from + to) / 2;
    const below = part.filter(({ at }) => at < middle);
    const above = part.filter(({ at }) => at >= middle);
    if (!isGroup(below) || !isGroup(above)) return [part];
    return [...halve(below, from, middle), ...halve(above, middle, to)];
  };
  return halve(all, 0, 1);
}

export function countByZone(places: readonly Place[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { zone } of places) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  return counts;
}
