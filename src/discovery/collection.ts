import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { KubernetesConnection } from "./connection.ts";

/** An object of the API, as far as every kind has it. */
export interface KubernetesObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly resourceVersion?: string;
    readonly deletionTimestamp?: string;
  };
}

/** A set of objects of one kind. */
export interface Collection {
  /** Such as `/api/v1/nodes`. */
  readonly path: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** The state of an object after a change, or with `BOOKMARK` only the place that was reached. */
export interface WatchEvent<Object> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: Object & { readonly code?: number; readonly message?: string };
}

const pageSize = 500;

/** Reads the whole collection page by page; `version` is where a watch goes on from. */
export async function listCollection<Object>(
  collection: Collection,
  connection: KubernetesConnection,
  signal: AbortSignal,
): Promise<{ objects: Object[]; version: string }> {
  const objects: Object[] = [];
  let next: string | undefined;
  for (;;) {
    const query = { limit: pageSize, ...(next === undefined ? {} : { continue: next }) };
    const page = JSON.parse(
      await text(await connection.get(pathOf(collection, query), signal)),
    ) as Page<Object>;
    objects.push(...(page.items ?? []));
    next = page.metadata.continue;
    if (!next) return { objects, version: page.metadata.resourceVersion };
  }
}

interface Page<Object> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly Object[] | null;
}

/**
 * Yields changes since `version` until the server ends the watch after `seconds`. The first value, `undefined`, says that
 * the server accepted it.
 * @throws Error where the connection breaks off.
 */
export async function* watchCollection<Object>(
  collection: Collection,
  version: string,
  seconds: number,
  connection: KubernetesConnection,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<Object> | undefined> {
  const query = {
    watch: "true",
    allowWatchBookmarks: "true",
    resourceVersion: version,
    timeoutSeconds: seconds,
  };
  const response = await connection.get(pathOf(collection, query), signal);
  yield undefined;
  try {
    for await (const line of createInterface(response)) yield JSON.parse(line) as WatchEvent<Object>;
    // A body that broke off ends the lines without an error.
    if (!response.complete) throw response.errored ?? new Error("the watch broke off");
  } finally {
    response.destroy();
  }
}

function pathOf({ path, labelSelector, fieldSelector }: Collection, query: Record<string, string | number>) {
  const parameters = new URLSearchParams();
  if (labelSelector) parameters.set("labelSelector", labelSelector);
  if (fieldSelector) parameters.set("fieldSelector", fieldSelector);
  for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
  return `${path}?${parameters}`;
}
