/** The address of element i of the float64 array at `a`. */
// @ts-ignore: decorator
@inline
export function at(a: usize, i: u32): usize {
  return a + (usize(i) << 3);
}
