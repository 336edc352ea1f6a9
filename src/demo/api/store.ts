import { randomUUID } from "node:crypto";
import { conflict, notFound } from "./failure.ts";

/** Any object of the API, as it is kept: without `kind` and `apiVersion`, which the server adds. */
export interface ApiObject {
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** One step of the state; `version` counts over all resources, as etcd's revision does. */
export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly version: number;
  readonly resource: string;
  readonly object: ApiObject;
  /** The object before a modification. */
  readonly previous?: ApiObject;
}

/** What etcd is to an API server. A `resource` is a plural such as `pods`; stored objects are never changed in place. */
export interface Store {
  readonly version: number;
  list(resource: string): readonly ApiObject[];
  /** @throws ApiFailure 404. */
  get(resource: string, name: string, namespace?: string): ApiObject;
  /** @throws ApiFailure 409 where the name is taken. */
  create(resource: string, object: ApiObject): ApiObject;
  /**
   * Replaces an object by what `change` makes of it.
   * @throws ApiFailure 404, or 409 where the result carries a `resourceVersion` that is not the current one.
   */
  update(
    resource: string,
    name: string,
    namespace: string | undefined,
    change: (current: ApiObject) => ApiObject,
  ): ApiObject;
  /** @throws ApiFailure 404. */
  remove(resource: string, name: string, namespace?: string): ApiObject;
  /** The changes after `version`, or that they are no longer all known. */
  changesSince(resource: string, version: number): readonly Change[] | "gone";
  /** Hears each change at once; the returned function ends it. */
  subscribe(listener: (change: Change) => void): () => void;
  /** Forgets all changes, as etcd does some minutes after them. */
  dropHistory(): void;
}

const changesKept = 10_000;

export function createStore(): Store {
  const objects = new Map<string, Map<string, ApiObject>>();
  const listeners = new Set<(change: Change) => void>();
  let version = 1;
  let history: Change[] = [];
  let forgotten = 0;

  const collection = (resource: string) =>
    objects.get(resource) ?? objects.set(resource, new Map()).get(resource) ?? new Map<string, ApiObject>();

  const dropFirst = (count: number) => {
    forgotten = history[count - 1]?.version ?? forgotten;
    history = history.slice(count);
  };

  const commit = (
    type: Change["type"],
    resource: string,
    object: ApiObject,
    previous?: ApiObject,
  ): ApiObject => {
    version += 1;
    const committed = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    if (type === "DELETED") collection(resource).delete(keyOf(committed));
    else collection(resource).set(keyOf(committed), committed);
    const change = { type, version, resource, object: committed, ...(previous ? { previous } : {}) };
    history.push(change);
    if (history.length > 2 * changesKept) dropFirst(history.length - changesKept);
    for (const listener of [...listeners]) listener(change);
    return committed;
  };

  const get = (resource: string, name: string, namespace?: string) => {
    const found = collection(resource).get(`${namespace ?? ""}/${name}`);
    if (found === undefined) throw notFound(resource, name);
    return found;
  };

  return {
    get version() {
      return version;
    },
    list: (resource) => [...collection(resource).values()],
    get,
    create(resource, object) {
      if (collection(resource).has(keyOf(object))) {
        throw conflict("AlreadyExists", `${resource} "${object.metadata.name}" already exists`);
      }
      const creationTimestamp = new Date().toISOString().replace(/\.\d+/, "");
      return commit("ADDED", resource, {
        ...structuredClone(object),
        metadata: { ...structuredClone(object.metadata), uid: randomUUID(), creationTimestamp },
      });
    },
    update(resource, name, namespace, change) {
      const current = get(resource, name, namespace);
      const next = structuredClone(change(current));
      const { resourceVersion } = next.metadata;
      if (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion) {
        throw conflict("Conflict", `${resource} "${name}" was changed since version ${resourceVersion}`);
      }
      const { uid, creationTimestamp } = current.metadata;
      const metadata = { ...next.metadata, name, uid, creationTimestamp } as Metadata;
      return commit("MODIFIED", resource, { ...next, metadata }, current);
    },
    remove: (resource, name, namespace) => commit("DELETED", resource, get(resource, name, namespace)),
    changesSince(resource, since) {
      if (since < forgotten) return "gone";
      return history.filter((change) => change.version > since && change.resource === resource);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dropHistory: () => {
      dropFirst(history.length);
      forgotten = version;
    },
  };
}

function keyOf({ metadata }: ApiObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
