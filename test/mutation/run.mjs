// Mutation testing: are the tests able to see that the code is wrong? Each mutant is a small fault put into the code, and
// only the tests that reach it are run.
//   npm run mutation -- [FILE...] [--survivors FILE] [--incremental FILE] [--concurrency 1] [--static] [--slow]
// after npm ci in test/mutation. A file is a path or a pattern from the root of the project, with lines if wanted
// (src/labels/maps/boosted-trees.ts:20-31); none: all of MUTATED. --slow: by all tests, those too that are left out for their time.
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

/** What the claims rest on. */
const MUTATED = [
  'src/labels/**/*.ts',
  'src/loss/**/*.ts',
  'src/student/**/*.ts',
  'src/metrics/**/*.ts',
  'src/teacher/{output-convention,reading,one-value,two-values,many-values}.ts',
  'src/teacher/margin.ts',
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    survivors: { type: 'string' },
    incremental: { type: 'string' },
    concurrency: { type: 'string', default: '1' },
    static: { type: 'boolean', default: false },
    slow: { type: 'boolean', default: false },
  },
});
const survivors = values.survivors && resolve(values.survivors);
const incremental = values.incremental && resolve(values.incremental);
const root = fileURLToPath(new URL('../..', import.meta.url));
process.chdir(root);
process.env.DEBKD_MUTATION = values.slow ? 'slow' : 'quick';

// mutants live in a copy of the project, beside which the tests look for ../shared
const place = mkdtempSync(join(tmpdir(), 'debkd-mutation-'));
if (existsSync('../shared')) symlinkSync(resolve('../shared'), join(place, 'shared'));
const started = performance.now();
let mutants;
try {
  mutants = await new Stryker({
    mutate: positionals.length > 0 ? positionals : MUTATED,
    // messages are words
    mutator: { excludedMutations: ['StringLiteral'] },
    testRunner: 'vitest',
    vitest: { configFile: 'test/mutation/vitest.config.mjs', related: false },
    coverageAnalysis: 'perTest',
    // what a module computes once while it is loaded can only be judged by all tests
    ignoreStatic: !values.static,
    ignorePatterns: ['docs', 'examples', 'test/bench', 'test/hostile/corpus', 'test/runtime'],
    tempDirName: place,
    // types are not looked at, and TypeScript 7 has not the interface that tsconfig.json would be read with
    disableTypeChecks: false,
    tsconfigFile: 'none',
    concurrency: Number(values.concurrency),
    timeoutMS: 60_000,
    // reaching is counted while these times are taken, so that they are long already
    timeoutFactor: 1.25,
    dryRunTimeoutMinutes: 30,
    ...(incremental && { incremental: true, incrementalFile: incremental }),
    reporters: ['progress-append-only'],
    allowConsoleColors: false,
  }).runMutationTest();
} finally {
  rmSync(place, { recursive: true, force: true });
}

const byFile = new Map();
for (const mutant of mutants) {
  // no test ran, though some reach it: files went missing or a worker broke, and nothing was judged
  if (mutant.status === 'Survived' && mutant.testsCompleted === 0) mutant.status = 'RuntimeError';
  const file = relative(root, resolve(mutant.fileName)).replaceAll('\\', '/');
  byFile.set(file, [...(byFile.get(file) ?? []), mutant]);
}
const lines = [];
const row = (name, list) => {
  const count = (...states) => list.filter(({ status }) => states.includes(status)).length;
  const [killed, covered] = [count('Killed', 'Timeout'), count('Killed', 'Timeout', 'Survived')];
  const score = covered > 0 ? `${((100 * killed) / covered).toFixed(1)} %` : '-';
  const rest = [`${count('Timeout')} by time`, `${count('NoCoverage')} not reached`, `${count('Ignored')} left out`];
  const failed = count('RuntimeError', 'CompileError');
  if (failed > 0) rest.push(`${failed} that did not run`);
  return `${name.padEnd(38)}${`${killed} / ${covered}`.padStart(13)}${score.padStart(9)}   ${rest.join(', ')}`;
};
console.log('killed / covered');
for (const [file, list] of [...byFile].sort(([a], [b]) => (a < b ? -1 : 1))) {
  console.log(row(file, list));
  const code = readFileSync(file, 'utf8').split('\n');
  for (const { status, location, mutatorName, replacement } of list.toSorted(inOrder)) {
    if (status !== 'Survived' && status !== 'NoCoverage') continue;
    const at = `${file}:${location.start.line}:${location.start.column}`;
    const change = `${oneLine(textAt(code, location))} -> ${oneLine(replacement)}`;
    lines.push(`${at} ${mutatorName}${status === 'NoCoverage' ? ' (not reached)' : ''}: ${change}`);
  }
}
console.log(row('all', mutants));
console.log(`in ${((performance.now() - started) / 60_000).toFixed(1)} minutes`);
if (survivors) writeFileSync(survivors, lines.map((line) => `${line}\n`).join(''));
else for (const line of lines) console.log(line);

function inOrder(a, b) {
  return a.location.start.line - b.location.start.line || a.location.start.column - b.location.start.column;
}

/** The code of a place whose lines and columns count from 1. */
function textAt(code, { start, end }) {
  const part = code.slice(start.line - 1, end.line);
  part[part.length - 1] = part.at(-1).slice(0, end.column - 1);
  part[0] = part[0].slice(start.column - 1);
  return part.join('\n');
}

function oneLine(text) {
  return text.replace(/\s+/g, ' ');
}
