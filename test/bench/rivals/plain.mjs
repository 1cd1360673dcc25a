// Plain JavaScript loops: the same network and AdamW on Float32Array, without libraries.

export function plainTrainer(features, hidden, { rate = 2e-3, decay = 1e-4 } = {}) {
  const widths = [features, ...hidden, 1];
  const random = (bound) => () => (Math.random() * 2 - 1) * bound;
  const layers = widths.slice(1).map((outputs, l) => {
    const inputs = widths[l];
    const make = (n) => ({
      p: new Float32Array(n),
      g: new Float32Array(n),
      m: new Float32Array(n),
      v: new Float32Array(n),
    });
    const w = make(inputs * outputs);
    w.p = Float32Array.from(w.p, random(Math.sqrt(6 / inputs)));
    return { inputs, outputs, w, b: make(outputs) };
  });
  let step = 0;

  function update({ p, g, m, v }) {
    const c1 = 1 - 0.9 ** step;
    const c2 = Math.sqrt(1 - 0.999 ** step);
    for (let i = 0; i < p.length; i++) {
      m[i] = 0.9 * m[i] + 0.1 * g[i];
      v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
      p[i] = p[i] * (1 - rate * decay) - ((rate / c1) * m[i]) / (Math.sqrt(v[i]) / c2 + 1e-8);
    }
    g.fill(0);
  }

  return function epoch(x, targets, rows, batch) {
    const acts = layers.map(({ outputs }) => new Float32Array(outputs));
    const deltas = layers.map(({ outputs }) => new Float32Array(outputs));
    for (let from = 0; from < rows; from += batch) {
      const to = Math.min(rows, from + batch);
      for (let row = from; row < to; row++) {
        let input = x.subarray(row * features, (row + 1) * features);
        for (let l = 0; l < layers.length; l++) {
          const { inputs, outputs, w, b } = layers[l];
          const out = acts[l];
          out.set(b.p);
          for (let k = 0; k < inputs; k++) {
            const v = input[k];
            for (let j = 0; j < outputs; j++) out[j] += v * w.p[k * outputs + j];
          }
          if (l < layers.length - 1) for (let j = 0; j < outputs; j++) if (out[j] < 0) out[j] = 0;
          input = out;
        }
        deltas.at(-1)[0] = (1 / (1 + Math.exp(-input[0])) - targets[row]) / (to - from);
        for (let l = layers.length - 1; l >= 0; l--) {
          const { inputs, outputs, w, b } = layers[l];
          const below = l > 0 ? acts[l - 1] : x.subarray(row * features, (row + 1) * features);
          const delta = deltas[l];
          for (let j = 0; j < outputs; j++) b.g[j] += delta[j];
          for (let k = 0; k < inputs; k++) {
            const v = below[k];
            let sum = 0;
            for (let j = 0; j < outputs; j++) {
              w.g[k * outputs + j] += v * delta[j];
              sum += delta[j] * w.p[k * outputs + j];
            }
            if (l > 0) deltas[l - 1][k] = v > 0 ? sum : 0;
          }
        }
      }
      step++;
      for (const { w, b } of layers) {
        update(w);
        update(b);
      }
    }
  };
}
