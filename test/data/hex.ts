// Bytes as hexadecimal digits, which a failed comparison shows shortly.

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
