/** An IPv4 address, as a socket for both families shows it, becomes IPv4 again. */
export function unmappedAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}
