import { isIPv4 } from "node:net";

/** In a dual-stack cluster a pod is in slices of both families; its IPv4 address is the one that counts, whatever their order. */
export function onePerPod<Item>(
  items: readonly Item[],
  read: (item: Item) => { readonly pod: string; readonly address: string },
): Item[] {
  const byPod = new Map<string, Item>();
  for (const item of items) {
    const { pod, address } = read(item);
    if (!byPod.has(pod) || isIPv4(address)) byPod.set(pod, item);
  }
  return [...byPod.values()];
}
