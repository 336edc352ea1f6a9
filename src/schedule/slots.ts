/** How far an attempt moves within its slot from one slot to the next, as a share of the interval. */
const largestStep = 0.1;

/**
 * When a target's attempts start. Time is cut into slots of `interval` seconds; there is one attempt in each slot, the first
 * at a uniformly random place. From slot to slot the place moves by at most a tenth of the interval, so that two starts are
 * never much more than an interval apart, and yet no rhythm of the network stays hidden: in the long run every place
 * is equally likely.
 */
export interface Slots {
  /** Seconds since the first slot's begin at which the next attempt starts, given the seconds that have passed. */
  next(elapsed: number): number;
}

export function createSlots(interval: number, random: () => number): Slots {
  let slot = -1;
  let place = random() * interval;
  return {
    next(elapsed) {
      slot += 1;
      if (slot > 0) place = reflect(place + (2 * random() - 1) * largestStep * interval, interval);
      // Slots that went by while an attempt was under way are lost; the one under way is used at once.
      slot = Math.max(slot, Math.floor(elapsed / interval));
      return Math.max(elapsed, slot * interval + place);
    },
  };
}

function reflect(place: number, interval: number): number {
  if (place < 0) return -place;
  return place >= interval ? 2 * interval - place - Number.EPSILON * interval : place;
}
