// Measures how soon the command line starts: medians of the time and of the processor time of commands that do little, and of Node
// without a program, in one interleaved run. Needs bash.
//   npm run start-times [-- --rounds 15 --against FOLDER]
// --against measures another build too: FOLDER/cli/main.js.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' }, against: { type: 'string' } } });
const pathOf = (relative) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
const builds = { debkd: pathOf('dist'), ...(values.against && { other: values.against }) };
const commands = [
  ['--help'],
  ['--version'],
  ['inspekt'], // a typo
  ['distill', '--help'],
  ['inspect', pathOf('models/wdbc-mlp-biased/teacher.onnx')],
];
const cases = [
  { name: 'node', args: ['-e', '0'] },
  ...commands.flatMap((args) =>
    Object.entries(builds).map(([build, folder]) => ({
      name: `${build} ${args.map((arg) => arg.split('/').at(-1)).join(' ')}`,
      args: [`${folder}/cli/main.js`, ...args],
    })),
  ),
];

/** Runs Node. @returns the time, and the processor time of the program and of the system, in ms */
function measure(args) {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1';
  const { stderr } = spawnSync('bash', ['-c', script, 'bash', process.execPath, ...args], { encoding: 'utf8' });
  return stderr
    .trim()
    .replaceAll(',', '.')
    .split(' ')
    .map((seconds) => 1000 * Number(seconds));
}

const times = cases.map(() => []);
for (let round = 0; round < Number(values.rounds); round++)
  cases.forEach(({ args }, k) => {
    times[k].push(measure(args));
  });
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
console.log(`Node ${process.versions.node}, medians of ${values.rounds} rounds\n`);
console.log('| command | time | processor time: program | system |\n|---|---|---|---|');
cases.forEach(({ name }, k) => {
  const cells = [0, 1, 2].map((part) => `${median(times[k].map((one) => one[part])).toFixed(0)} ms`);
  console.log(`| ${name} | ${cells.join(' | ')} |`);
});
