// Bytes as base64 text, on every host.

export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  // spread arguments have a limit
  for (let at = 0; at < bytes.length; at += 4096) binary += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return btoa(binary);
}

/** @throws DOMException where the text is none */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
