// A random id for a message that this client writes: 32 hexadecimal digits. Works on plain http too,
// where crypto.randomUUID is absent.
export function makeClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
