/** The address of element i of the float64 array at `a`. */
// @ts-ignore: decorator
@inline
export function at(a: usize, i: u32): usize {
  return a + (usize(i) << 3);
}

/** The weight of row i: float64; 1 where there are none (weights = 0). A product with 1 is exact: rows without weights keep their bits. */
// @ts-ignore: decorator
@inline
export function weightOf(weights: usize, i: u32): f64 {
  return weights ? load<f64>(at(weights, i)) : 1;
}

/** x times the weight of row i; x itself where there are none, without the product. */
// @ts-ignore: decorator
@inline
export function weigh(weights: usize, i: u32, x: f64): f64 {
  return weights ? load<f64>(at(weights, i)) * x : x;
}
