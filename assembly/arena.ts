// One bump arena for one call. The host takes a mark, allocates, reads the answers out and releases.
// Blocks are 64-byte aligned and zeroed. Nothing here is freed one by one.

const ALIGN: u64 = 64;
/** The last page stays unused, so that no pointer arithmetic below can wrap past 4 GiB. */
const LIMIT: u64 = 0xffff0000;

let top: usize = (__heap_base + 63) & ~63;

/** `bytes` of zeroed memory; 0 when the address space or the host has no more. */
export function alloc(bytes: u32): usize {
  const start = top;
  const end = u64(start) + ((u64(bytes) + (ALIGN - 1)) & ~(ALIGN - 1));
  if (end > LIMIT) return 0;
  const have = u64(memory.size()) << 16;
  if (end > have) {
    const pages = i32((end - have + 0xffff) >> 16);
    if (memory.grow(pages) < 0) return 0;
  }
  top = usize(end);
  memory.fill(start, 0, usize(end) - start);
  return start;
}

/** Memory of `count` numbers of 4 bytes; 0 also where their bytes do not fit 32 bits. */
export function allocFloats(count: u64): usize {
  return count << 2 > LIMIT ? 0 : alloc(u32(count << 2));
}

export function mark(): usize {
  return top;
}

export function release(to: usize): void {
  top = to;
}
