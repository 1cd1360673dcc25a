// A student's prediction time, compared with onnxruntime-web on the student's ONNX export.
import { createRequire } from 'node:module';
import { debiasedDistillation, fit, toOnnx } from '../../library.mjs';
import { denseRows } from '../data.mjs';

export async function inferenceCases() {
  const { dataset, margins, values } = denseRows(1024, 108);
  const student = await fit({ hidden: [64, 32] }, dataset, { margins }, debiasedDistillation(), { seed: 1, epochs: 1 });
  const { files } = await toOnnx(student);
  const require = createRequire(new URL('../../../package.json', import.meta.url));
  const ort = await import(require.resolve('onnxruntime-web'));
  ort.env.wasm.numThreads = 1;
  const model = files[0].bytes;
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  const [input] = session.inputNames;
  return [1, 1024].map((batch) => {
    const x = values.subarray(0, batch * 108);
    const turns = batch === 1 ? 3000 : 60;
    const each = async (answer) => {
      const started = performance.now();
      for (let i = 0; i < turns; i++) await answer();
      return (performance.now() - started) / turns;
    };
    return {
      name: `predictions of 108-64-32-1, batch ${batch}`,
      ours: () => each(() => student.predictProba(x)),
      rivals: [
        {
          against: 'onnxruntime-web',
          target: batch === 1 ? 10 : 2,
          run: () => each(() => session.run({ [input]: new ort.Tensor('float32', x, [batch, 108]) })),
        },
      ],
    };
  });
}
