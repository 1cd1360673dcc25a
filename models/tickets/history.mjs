// Prints the simulated history that the teacher learns from, as CSV: node models/tickets/history.mjs
// The label `recorded` is biased on purpose (src/examples/tickets.ts).
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROWS = 30_000;
/** The history's seed; the rows of the demo have others. */
const SEED = 1001;

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('../../src/examples/tickets.ts', import.meta.url))],
  bundle: true,
  write: false,
  format: 'esm',
});
const source = `data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`;
const { simulateTickets } = await import(source);
const lines = simulateTickets(ROWS, SEED).map(({ text, recorded }) => `${text},${recorded}`);
process.stdout.write(`text,recorded\n${lines.join('\n')}\n`);
