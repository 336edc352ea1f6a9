import { badRequest } from "./failure.ts";
import type { Place } from "./kinds.ts";
import type { ApiObject, Metadata, Store } from "./store.ts";

/** What a client sent with a request that changes something. */
export interface WriteRequest {
  readonly method: string;
  readonly place: Place;
  readonly contentType: string;
  readonly body: unknown;
  readonly query: URLSearchParams;
}

/**
 * Creates, replaces, patches or deletes one object and returns its new state.
 * @throws ApiFailure 400, 404, 409.
 */
export function write(store: Store, request: WriteRequest): ApiObject {
  const { method, place, body } = request;
  const { resource } = place.kind;
  if (method === "POST") return store.create(resource, newObject(place, body));
  if (place.name === undefined) throw badRequest(`${method} needs the name of an object`);
  if (method === "PUT") return store.update(resource, place.name, place.namespace, () => sent(place, body));
  if (method === "DELETE") return remove(store, place, place.name, request);
  if (!/merge-patch/.test(request.contentType)) throw badRequest(`can't patch with ${request.contentType}`);
  const strategic = /strategic/.test(request.contentType);
  return store.update(resource, place.name, place.namespace, (current) => {
    // Without a version in the patch there is nothing to conflict with.
    const { resourceVersion: _, ...metadata } = current.metadata;
    return mergePatch({ ...current, metadata }, body, strategic) as ApiObject;
  });
}

function newObject(place: Place, body: unknown): ApiObject {
  const { metadata, ...rest } = sent(place, body);
  const generated = `${metadata.generateName}${Math.random().toString(36).slice(2, 7)}`;
  const { resourceVersion: _, ...own } = { ...metadata, name: metadata.name ?? generated };
  return { ...rest, metadata: own };
}

function sent(place: Place, body: unknown): ApiObject {
  const { kind: _kind, apiVersion: _version, metadata, ...rest } = (body ?? {}) as Partial<ApiObject>;
  if (metadata === undefined) throw badRequest("the object has no metadata");
  const { name, namespace } = place;
  const named: Metadata = { ...metadata, ...(namespace ? { namespace } : {}), ...(name ? { name } : {}) };
  return { ...rest, metadata: named };
}

/** A pod on a node is only marked: its kubelet removes it once its containers have stopped. */
function remove(store: Store, { kind, namespace }: Place, name: string, { body, query }: WriteRequest) {
  const options = (body ?? {}) as { gracePeriodSeconds?: number };
  const grace = Number(query.get("gracePeriodSeconds") ?? options.gracePeriodSeconds ?? 30);
  if (kind.resource !== "pods" || grace === 0) return store.remove(kind.resource, name, namespace);
  return store.update("pods", name, namespace, markTerminating);
}

/** A deletion that was asked for already keeps its time. */
export function markTerminating(pod: ApiObject): ApiObject {
  const deletionTimestamp = pod.metadata.deletionTimestamp ?? new Date().toISOString().replace(/\.\d+/, "");
  return { ...pod, metadata: { ...pod.metadata, deletionTimestamp } };
}

/** RFC 7396; a strategic merge patch is treated alike, so it replaces lists, but those of conditions. */
function mergePatch(target: unknown, patch: unknown, strategic: boolean): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (strategic && key === "conditions") result[key] = mergeConditions(result[key], value);
    else result[key] = mergePatch(result[key], value, strategic);
  }
  return result;
}

/** The API merges these by their type. */
function mergeConditions(target: unknown, patch: unknown): unknown[] {
  const byType = new Map<unknown, unknown>();
  for (const condition of [target, patch].flatMap((list) => (Array.isArray(list) ? list : []))) {
    const type = isRecord(condition) ? condition.type : undefined;
    byType.set(type, mergePatch(byType.get(type), condition, true));
  }
  return [...byType.values()];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
