// Prints the simulated history that the teacher learns from, as CSV: node models/lending/history.mjs
// The label `recorded` is biased on purpose (src/examples/lending.ts).
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROWS = 40_000;
/** The history's seed; the rows of the demo have others. */
const SEED = 1001;

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('../../src/examples/lending.ts', import.meta.url))],
  bundle: true,
  write: false,
  format: 'esm',
});
const source = `data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`;
const { LENDING_COLUMNS, simulateLending } = await import(source);
const lines = simulateLending(ROWS, SEED).map(({ application, recorded }) =>
  [...LENDING_COLUMNS.map((name) => application[name]), recorded].join(','),
);
process.stdout.write(`${[...LENDING_COLUMNS, 'recorded'].join(',')}\n${lines.join('\n')}\n`);
