import { componentName, type Finding } from "../../diagnosis/finding.ts";

/** What is shown of a finding. */
export interface Found {
  /** Such as `node node-3: node_down`. */
  readonly what: string;
  /** With figures that change while it is open. */
  readonly summary: string;
}

export function foundOf({ component, cause, summary }: Finding): Found {
  return { what: `${component.kind} ${componentName(component)}: ${cause}`, summary };
}
