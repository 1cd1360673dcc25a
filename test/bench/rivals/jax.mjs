// jax-js on its wasm backend: a jitted Adam step.
import { init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';

export async function jaxTrainer(features, hidden, rate = 2e-3) {
  // tfjs defines a global Worker, which jax-js would use as if it ran in a browser
  delete globalThis.Worker;
  await init('wasm');
  const widths = [features, ...hidden, 1];
  const start = (inputs, outputs) =>
    np
      .array(Float32Array.from({ length: inputs * outputs }, () => (Math.random() * 2 - 1) * Math.sqrt(6 / inputs)))
      .reshape([inputs, outputs]);
  let params = widths.slice(1).map((outputs, l) => ({ w: start(widths[l], outputs), b: np.zeros([outputs]) }));
  let first = params.map(({ w, b }) => ({ w: np.zeros(w.shape), b: np.zeros(b.shape) }));
  let second = params.map(({ w, b }) => ({ w: np.zeros(w.shape), b: np.zeros(b.shape) }));
  const lossOf = (layers, x, y) => {
    let h = x;
    layers.forEach(({ w, b }, l) => {
      h = np.matmul(h, w).add(b);
      if (l < layers.length - 1) h = nn.relu(h);
    });
    return nn.softplus(h.ref).sub(y.mul(h)).mean();
  };
  const step = jit((layers, m, v, x, y) => {
    const [loss, g] = valueAndGrad(lossOf)(tree.ref(layers), x, y);
    const m2 = tree.map((a, b) => a.mul(0.9).add(b.mul(0.1)), m, tree.ref(g));
    const v2 = tree.map((a, b) => a.mul(0.999).add(np.square(b).mul(0.001)), v, g);
    const next = tree.map(
      (p, a, b) => p.sub(a.mul(rate).div(np.sqrt(b).add(1e-8))),
      layers,
      tree.ref(m2),
      tree.ref(v2),
    );
    return [next, m2, v2, loss];
  });
  return async function epoch(x, targets, rows, batch) {
    let loss = 0;
    // only full batches: jax-js compiles again for each new shape
    for (let from = 0; from + batch <= rows; from += batch) {
      const input = np.array(x.slice(from * features, (from + batch) * features)).reshape([batch, features]);
      const y = np.array(targets.slice(from, from + batch)).reshape([batch, 1]);
      const [next, m2, v2, last] = step(params, first, second, input, y);
      [params, first, second] = [next, m2, v2];
      loss = (await last.data())[0];
    }
    return loss;
  };
}
