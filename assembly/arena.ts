// A bump allocator: the memory of one call of the host, which takes a mark, allocates, copies the results out and releases
// everything above the mark. Blocks are aligned to 64 bytes and filled with zeros.

const ALIGN: u64 = 64;
/** The last page stays unused: address arithmetic never wraps around at 4 GiB. */
const LIMIT: u64 = 0xffff0000;

let top: usize = (__heap_base + 63) & ~63;

/** The address of `bytes` of zeroed memory; 0 when the address space or the host has no more. */
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

/** Memory of `count` numbers of 4 bytes; also 0 when the number of bytes does not fit into 32 bits. */
export function allocFloats(count: u64): usize {
  return count << 2 > LIMIT ? 0 : alloc(u32(count << 2));
}

/** What `release` takes to free all that is allocated from now on. */
export function mark(): usize {
  return top;
}

/** Frees everything that was allocated since `mark` returned `to`. */
export function release(to: usize): void {
  top = to;
}
