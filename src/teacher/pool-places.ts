// Values of a tensor with places, such as the channels of a convolution, as one value for each channel.

/**
 * The mean of a tensor over the places of each row: of [rows, channels, height, width] over height and width, of [rows, tokens, values]
 * over the tokens. Other tensors as they are.
 */
export function poolPlaces(values: ArrayLike<number>, dims: readonly number[]): ArrayLike<number> {
  const [rows = 0, second = 0, third = 0, last = 1] = dims;
  if (dims.length !== 3 && dims.length !== 4) return values;
  const isTokens = dims.length === 3;
  const [channels, places] = isTokens ? [third, second] : [second, third * last];
  const means = new Float32Array(rows * channels);
  for (let row = 0; row < rows; row++)
    for (let channel = 0; channel < channels; channel++) {
      let sum = 0;
      for (let place = 0; place < places; place++) {
        const at = isTokens ? place * channels + channel : channel * places + place;
        sum += values[row * channels * places + at] as number;
      }
      means[row * channels + channel] = sum / places;
    }
  return means;
}
