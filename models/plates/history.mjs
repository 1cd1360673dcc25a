// Prints the simulated history that the teacher learns from, as CSV: node models/plates/history.mjs
// `pixels` are the 32 x 32 grey values, hexadecimal. The label `recorded` is biased on purpose (src/examples/plates.ts).
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROWS = 20_000;
/** The history's seed; the rows of the demo have others. */
const SEED = 1001;

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('../../src/examples/plates.ts', import.meta.url))],
  bundle: true,
  write: false,
  format: 'esm',
});
const source = `data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`;
const { simulatePlates } = await import(source);
const lines = simulatePlates(ROWS, SEED).map(
  ({ pixels, shift, cracked, recorded }) => `${Buffer.from(pixels).toString('hex')},${shift},${cracked},${recorded}`,
);
process.stdout.write(`pixels,shift,cracked,recorded\n${lines.join('\n')}\n`);
