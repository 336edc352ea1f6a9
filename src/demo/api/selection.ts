import { parseLabelSelector } from "../../config/labelSelector.ts";
import { badRequest } from "./failure.ts";
import type { ApiObject } from "./store.ts";

export type Selection = (object: ApiObject) => boolean;

/**
 * Which objects a list or watch is about.
 * @throws ApiFailure 400 for a selector that can't be read.
 */
export function selectionOf(query: URLSearchParams, namespace: string | undefined): Selection {
  const byFields = fieldSelection(query.get("fieldSelector") ?? "");
  const byLabels = labelSelection(query.get("labelSelector") ?? "");
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    byFields(object) &&
    byLabels(object);
}

function labelSelection(text: string): Selection {
  try {
    const selector = parseLabelSelector(text);
    return ({ metadata }) => selector.matches(metadata.labels ?? {});
  } catch (error) {
    throw badRequest(`unable to parse labelSelector ${text}: ${(error as Error).message}`);
  }
}

const selectableFields = new Set([
  "metadata.name",
  "metadata.namespace",
  "spec.nodeName",
  "status.phase",
  "involvedObject.name",
]);

function fieldSelection(text: string): Selection {
  const requirements = text.split(",").filter(Boolean).map(fieldRequirement);
  return (object) => requirements.every((requirement) => requirement(object));
}

function fieldRequirement(text: string): Selection {
  const [, field = "", operator, value] = /^([^!=]+)(==?|!=)(.*)$/.exec(text) ?? [];
  if (!selectableFields.has(field)) throw badRequest(`field selector not supported: ${text}`);
  return (object) => (fieldOf(object, field) === value) === (operator !== "!=");
}

function fieldOf(object: unknown, path: string): string {
  let value = object;
  for (const key of path.split(".")) value = (value as Record<string, unknown> | undefined)?.[key];
  return typeof value === "string" ? value : "";
}
