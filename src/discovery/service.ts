/** An endpoint of a Service, as its EndpointSlices show it. */
export interface ServiceEndpoint {
  /** Empty where it is no pod, as those of the API server. */
  readonly podName: string;
  readonly address: string;
  readonly port: number;
  readonly nodeName: string;
  readonly zone?: string;
  readonly state: "ready" | "unready" | "leaving";
}

/** What discovery knows of a Service. The last view is kept while the API server is away. */
export type ServiceView =
  /** Nothing was listed yet; `error` is the latest reason, absent while the first attempt runs. */
  | { readonly state: "unknown"; readonly error?: string }
  | {
      readonly state: "known";
      /** Absent while it is not known, or where the Service has none. */
      readonly clusterIP?: string;
      readonly endpoints: readonly ServiceEndpoint[];
    };
