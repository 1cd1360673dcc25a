/** Where number i of the float64 numbers at `a` lies. */
// @ts-ignore: decorator
@inline
export function at(a: usize, i: u32): usize {
  return a + (usize(i) << 3);
}
