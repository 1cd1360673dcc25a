// CRC-32 as ZIP has it.

const TABLE = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, i) => {
  let word = i;
  for (let k = 0; k < 8; k++) word = word & 1 ? 0xedb88320 ^ (word >>> 1) : word >>> 1;
  return word;
});

/** CRC-32 of bytes, as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  let word = -1;
  for (let i = 0; i < bytes.length; i++) word = (TABLE[(word ^ (bytes[i] as number)) & 255] as number) ^ (word >>> 8);
  return ~word >>> 0;
}
