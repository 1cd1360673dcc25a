// Mutation testing: do the tests notice faults? Each mutant is the code with one small fault; only the tests that execute the fault run.
//   npm run mutation -- [FILE...] [--survivors FILE] [--incremental FILE] [--concurrency 1] [--static] [--slow]
// Run npm ci in test/mutation first. FILE is a path or a pattern from the project's root, optionally with lines
// (src/labels/maps/boosted-trees.ts:20-31); the default is all of MUTATED. --slow also runs the tests that are skipped for their time.
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

/** The code that the project's claims depend on. */
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

// Stryker mutates a copy of the project in this folder, where the tests look for ../shared
const place = mkdtempSync(join(tmpdir(), 'debkd-mutation-'));
if (existsSync('../shared')) symlinkSync(resolve('../shared'), join(place, 'shared'));
const started = performance.now();
let mutants;
try {
  mutants = await new Stryker({
    mutate: positionals.length > 0 ? positionals : MUTATED,
    // mutated strings mostly change the wording of messages
    mutator: { excludedMutations: ['StringLiteral'] },
    testRunner: 'vitest',
    vitest: { configFile: 'test/mutation/vitest.config.mjs', related: false },
    coverageAnalysis: 'perTest',
    // static mutants, in code that runs while a module loads, would need all tests
    ignoreStatic: !values.static,
    ignorePatterns: ['docs', 'examples', 'test/bench', 'test/hostile/corpus', 'test/runtime'],
    tempDirName: place,
    // vitest does not check types, and Stryker cannot read tsconfig.json with TypeScript 7, which has no JavaScript API
    disableTypeChecks: false,
    tsconfigFile: 'none',
    concurrency: Number(values.concurrency),
    timeoutMS: 60_000,
    // Stryker multiplies times of the dry run, which coverage counting has already made longer
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
  // a survivor without any test run is an error, such as a missing file or a crashed worker
  if (mutant.status === 'Survived' && mutant.testsCompleted === 0) mutant.status = 'RuntimeError';
  const file = relative(root, resolve(mutant.fileName)).replaceAll('\\', '/');
  byFile.set(file, [...(byFile.get(file) ?? []), mutant]);
}
const lines = [];
const row = (name, list) => {
  const count = (...states) => list.filter(({ status }) => states.includes(status)).length;
  const [killed, covered] = [count('Killed', 'Timeout'), count('Killed', 'Timeout', 'Survived')];
  const score = covered > 0 ? `${((100 * killed) / covered).toFixed(1)} %` : '-';
  const rest = [`${count('Timeout')} timed out`, `${count('NoCoverage')} not covered`, `${count('Ignored')} ignored`];
  const failed = count('RuntimeError', 'CompileError');
  if (failed > 0) rest.push(`${failed} failed to run`);
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
    lines.push(`${at} ${mutatorName}${status === 'NoCoverage' ? ' (not covered)' : ''}: ${change}`);
  }
}
console.log(row('all', mutants));
console.log(`${((performance.now() - started) / 60_000).toFixed(1)} minutes`);
if (survivors) writeFileSync(survivors, lines.map((line) => `${line}\n`).join(''));
else for (const line of lines) console.log(line);

function inOrder(a, b) {
  return a.location.start.line - b.location.start.line || a.location.start.column - b.location.start.column;
}

/** The code at a location; lines and columns count from 1. */
function textAt(code, { start, end }) {
  const part = code.slice(start.line - 1, end.line);
  part[part.length - 1] = part.at(-1).slice(0, end.column - 1);
  part[0] = part[0].slice(start.column - 1);
  return part.join('\n');
}

function oneLine(text) {
  return text.replace(/\s+/g, ' ');
}
