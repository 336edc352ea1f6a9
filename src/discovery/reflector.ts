import { isDeepStrictEqual } from "node:util";
import type { Edges } from "../edges.ts";
import { wait } from "../lib/wait.ts";
import {
  type Collection,
  type KubernetesObject,
  listCollection,
  type WatchEvent,
  watchCollection,
} from "./collection.ts";
import { ApiError, type KubernetesConnection } from "./connection.ts";
import { guardAgainstSilence } from "./silence.ts";

/** A copy of one collection of the API, kept true by a watch. */
export type Reflection<Item> =
  | { readonly state: "unknown"; readonly error?: string }
  /** The API server does not let this agent list the collection. */
  | { readonly state: "refused"; readonly error: string }
  | { readonly state: "fresh"; readonly items: readonly Item[] }
  /** The copy can't be confirmed since `since` (Unix seconds). */
  | {
      readonly state: "stale";
      readonly since: number;
      readonly error: string;
      readonly items: readonly Item[];
    };

export interface ReflectorOptions<Object extends KubernetesObject, Item> {
  readonly collection: Collection;
  readonly connection: KubernetesConnection;
  readonly edges: Pick<Edges, "clock" | "random">;
  /** Keeps of an object only what is needed, since whole pods and nodes take kilobytes each. */
  readonly slim: (object: Object) => Item;
  /** Called after each change of the copy or of its state. */
  readonly onChange: (reflection: Reflection<Item>) => void;
  /** Ends the reflector. */
  readonly signal: AbortSignal;
}

const listSeconds = 30;
/** The server ends a watch by itself after this time, spread so that not all agents come back at once. */
const watchSeconds = { least: 240, spread: 60 };
/** A watch that ends sooner without a failure did not serve its purpose. */
const shortWatchSeconds = 1;
/** Bookmarks come about once a minute, so a watch that is silent for longer is dead. */
const silenceSeconds = 90;
/** A list, and the watch after it. */
const freeTurns = 2;
const backOffSeconds = { first: 0.5, most: 30, refused: 300 };

/**
 * Lists the collection once, then watches it: resumes where the last watch ended, lists again when the server no longer
 * knows that place (410 Gone), and waits longer after each failure in a row. The last copy is kept whatever happens.
 */
export function startReflector<Object extends KubernetesObject, Item>(
  options: ReflectorOptions<Object, Item>,
): void {
  const { collection, connection, edges, slim, onChange, signal } = options;
  const { clock, random } = edges;
  const items = new Map<string, Item>();
  let state: { at: "start" } | { at: "listed" } | { at: "stale"; since: number } = { at: "start" };
  let place: string | undefined;
  /** Turns in a row after which the server should be left in peace for a while. */
  let vainTurns = 0;

  const tellFresh = () => {
    state = { at: "listed" };
    onChange({ state: "fresh", items: [...items.values()] });
  };

  const tellFailure = (cause: unknown) => {
    const error = cause instanceof Error ? cause.message : String(cause);
    if (state.at === "start") {
      onChange({ state: isRefusal(cause) ? "refused" : "unknown", error });
      return;
    }
    if (state.at === "listed") state = { at: "stale", since: clock.wallNow() };
    onChange({ state: "stale", since: state.since, error, items: [...items.values()] });
  };

  const list = async () => {
    const silence = guardAgainstSilence(edges, listSeconds, signal);
    try {
      const { objects, version } = await listCollection<Object>(collection, connection, silence.signal);
      items.clear();
      for (const object of objects) items.set(keyOf(object), slim(object));
      place = version;
      tellFresh();
    } catch (error) {
      throw silence.causeOf(error);
    } finally {
      silence.stop();
    }
  };

  const watch = async (from: string) => {
    const begun = clock.now();
    const seconds = Math.round(watchSeconds.least + random() * watchSeconds.spread);
    const silence = guardAgainstSilence(edges, silenceSeconds, signal);
    try {
      const events = watchCollection<Object>(collection, from, seconds, connection, silence.signal);
      for await (const event of events) {
        silence.heard();
        if (event !== undefined) apply(event);
        else if (state.at === "stale") tellFresh();
      }
    } catch (error) {
      throw silence.causeOf(error);
    } finally {
      silence.stop();
      if (clock.now() - begun >= shortWatchSeconds) vainTurns = 0;
    }
  };

  const apply = ({ type, object }: WatchEvent<Object>) => {
    if (type === "ERROR")
      throw new ApiError(object.code ?? 0, object.message ?? "the watch reported an error");
    place = object.metadata.resourceVersion ?? place;
    if (type === "BOOKMARK") return;
    const key = keyOf(object);
    const before = items.get(key);
    if (type === "DELETED") {
      items.delete(key);
      return tellFresh();
    }
    const item = slim(object);
    items.set(key, item);
    // Most changes, such as a node's heartbeat, are of no interest.
    if (!isDeepStrictEqual(item, before)) tellFresh();
  };

  const run = async () => {
    while (!signal.aborted) {
      vainTurns += 1;
      let cause: unknown;
      try {
        await (place === undefined ? list() : watch(place));
      } catch (error) {
        if (signal.aborted) return;
        cause = error;
        if (error instanceof ApiError && error.status === 410) place = undefined;
        else tellFailure(error);
      }
      if (cause !== undefined || vainTurns > freeTurns) {
        await wait(clock, backOff(cause, vainTurns) * (0.5 + 0.5 * random()), signal);
      }
    }
  };
  void run();
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403;
}

function backOff(cause: unknown, vainTurns: number): number {
  if (isRefusal(cause)) return backOffSeconds.refused;
  return Math.min(backOffSeconds.most, backOffSeconds.first * 2 ** (vainTurns - 1));
}

function keyOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
