import { badRequest, gone } from "./failure.ts";
import type { Kind } from "./kinds.ts";
import type { Selection } from "./selection.ts";
import type { ApiObject, Store } from "./store.ts";

/** Answers lists page by page; all pages of a list show the state at its beginning. */
export interface Lists {
  /** @throws ApiFailure 410 for a page of a list that is no longer kept. */
  page(kind: Kind, selection: Selection, query: URLSearchParams): object;
  /** Forgets the lists under way. */
  drop(): void;
}

interface List {
  readonly id: string;
  readonly version: number;
  readonly items: readonly ApiObject[];
}

const listsKept = 50;

export function createLists(store: Store): Lists {
  const underWay = new Map<string, List>();
  let begun = 0;

  const begin = (items: readonly ApiObject[]): List => {
    begun += 1;
    return { id: String(begun), version: store.version, items };
  };

  const keep = (list: List) => {
    underWay.set(list.id, list);
    const [oldest] = underWay.keys();
    if (underWay.size > listsKept && oldest !== undefined) underWay.delete(oldest);
  };

  return {
    page({ kind, apiVersion, resource }, selection, query) {
      const limit = Number(query.get("limit") ?? 0);
      if (!Number.isInteger(limit) || limit < 0) throw badRequest(`limit: ${query.get("limit")}`);
      const [id, place] = query.get("continue")?.split(":") ?? [];
      const list = id === undefined ? begin(store.list(resource).filter(selection)) : underWay.get(id);
      if (list === undefined) throw gone();
      const from = Number(place ?? 0);
      const end = limit === 0 ? list.items.length : from + limit;
      const left = list.items.length - end;
      if (left > 0) keep(list);
      const more = left > 0 ? { continue: `${list.id}:${end}`, remainingItemCount: left } : {};
      return {
        kind: `${kind}List`,
        apiVersion,
        metadata: { resourceVersion: String(list.version), ...more },
        items: list.items.slice(from, end),
      };
    },
    drop: () => underWay.clear(),
  };
}
