export interface LookupReading {
  readonly kind: "lookup";
}
