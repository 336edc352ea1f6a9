export interface TcpReading {
  readonly kind: "tcp";
}
