// debkd predict as a filter: constant memory, back-pressure, order, kept columns, formulas.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { debkd, modelPath, temporary, WDBC } from './run.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const student = join(temporary(), 'student');
debkd(['distill', ...WDBC, '--out', student]);
const csv = readFileSync(modelPath('wdbc/data.csv'), 'utf8');
const [header = '', ...lines] = csv.trimEnd().split('\n');
const ask = (input: string, ...args: readonly string[]): ReturnType<typeof debkd> =>
  debkd(['predict', '--student', student, ...args], { input });
const plain = ask(csv).stdout.trimEnd().split('\n').slice(1);

/** Columns before those of the data. */
const withCells = (cells: readonly string[]): string =>
  [`id,note,${header}`, ...cells.map((cell, i) => `${i},${cell},${lines[i]}`)].join('\n');

test('--keep copies columns in front of the answers, with cells unchanged', () => {
  const cells = ['=1+1', '"a ""b"", c"', '-5', '+x', '"two\nlines"', '@sum', ' spaced ', ''];
  const { stdout, status } = ask(withCells(cells), '--keep', 'note,id');
  expect(status).toBe(0);
  const shown = [...cells];
  shown[6] = '" spaced "';
  expect(stdout).toBe(`note,id,probability,label\n${shown.map((cell, i) => `${cell},${i},${plain[i]}\n`).join('')}`);
});

test('--escape-formulas puts an apostrophe only before formulas', () => {
  const cells = ['=1+1', '-5', '+x', '@sum', '-x', '+5.5e3', 'x=1', '"=HYPERLINK(""http://a"")"'];
  const { stdout } = ask(withCells(cells), '--keep', 'note', '--escape-formulas');
  const shown = stdout
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line, i) => line.slice(0, -(plain[i] as string).length - 1));
  expect(shown).toEqual([`"'=1+1"`, '-5', `"'+x"`, `"'@sum"`, `"'-x"`, '+5.5e3', 'x=1', `"'=HYPERLINK(""http://a"")"`]);
});

test('--keep all with a label column gives the answers other names', () => {
  const [first, second] = ask(`${header}\n${lines[0]}\n`, '--keep', 'all').stdout.split('\n');
  expect(first).toBe(`${header},predicted_probability,predicted_label`);
  expect(second).toBe(`${lines[0]},${plain[0]}`);
});

test('--keep leaves NDJSON values as they were written', () => {
  const names = header.split(',');
  const record = (i: number, extra: string): string => {
    const numbers = (lines[i] as string).split(',').map((text, j) => `"${names[j]}":${text}`);
    return `{${extra},${numbers.join(',')}}`;
  };
  const kept = [
    '"id" : 12345678901234567890 , "ok":true,"who":null',
    '"id":1.0,"ok":false,"who":"</x> \\"q\\" {a:1,b}"',
    '"who":"later","ok":1e400,"id":"2"',
  ];
  const out = ask(kept.map((extra, i) => record(i, extra)).join('\n'), '--keep', 'id,ok,who,id').stdout;
  const answer = (i: number): string => {
    const [probability, label] = (plain[i] as string).split(',');
    return `"probability":${probability},"label":${label}}`;
  };
  expect(out.split('\n')).toEqual([
    `{"id":12345678901234567890,"ok":true,"who":null,${answer(0)}`,
    `{"id":1.0,"ok":false,"who":"</x> \\"q\\" {a:1,b}",${answer(1)}`,
    `{"id":"2","ok":1e400,"who":"later",${answer(2)}`,
    '',
  ]);
});

test('--keep all keeps the answers of an earlier run under their names', () => {
  const once = ask(`${header}\n${lines[0]}\n`, '--keep', 'all').stdout;
  const [names] = ask(once, '--keep', 'all').stdout.split('\n');
  expect(
    names?.endsWith(',predicted_probability,predicted_label,predicted_predicted_probability,predicted_predicted_label'),
  ).toBe(true);
});

test('--keep refuses an unknown column and suggests the nearest', () => {
  const { status, stderr } = ask(csv, '--keep', 'mean_radiu');
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/^debkd: option --keep: .*no column "mean_radiu"; did you mean "mean_radius"\?/),
  ]);
});

/** Writes rows as fast as they are read. Returns how many went in, and the peak memory. */
async function stream(
  rows: number,
  { read = true, patience = Number.POSITIVE_INFINITY } = {},
): Promise<{ taken: number; out: number; megabytes: number; ordered: boolean }> {
  const child = spawn(process.execPath, [MAIN, 'predict', '--student', student, '--keep', 'row'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let megabytes = 0;
  const look = (): void => {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    megabytes = Math.max(megabytes, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  };
  let [out, next, ordered, rest] = [0, 0, true, ''];
  if (read) {
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      const found = (rest + text).split('\n');
      rest = found.pop() as string;
      for (const line of found) {
        if (out++ === 0) continue;
        if (!line.startsWith(`${next++},`)) ordered = false;
      }
    });
  }
  let taken = 0;
  const until = performance.now() + patience;
  child.stdin.write(`row,${header}\n`);
  child.stdin.on('error', () => undefined);
  while (taken < rows && performance.now() < until) {
    const chunk = Array.from({ length: 500 }, (_, i) => `${taken + i},${lines[(taken + i) % lines.length]}\n`).join('');
    taken += 500;
    if (child.stdin.write(chunk)) continue;
    const drained = new Promise((resolve) => child.stdin.once('drain', resolve));
    const late = new Promise((resolve) => setTimeout(resolve, Math.min(until - performance.now(), 2 ** 30)));
    await Promise.race([drained, late]);
  }
  look();
  child.stdin.end();
  const ended = new Promise((resolve) => child.once('close', resolve));
  if (!read) child.kill('SIGKILL');
  const timer = setInterval(() => {
    try {
      look();
    } catch {}
  }, 20);
  await ended;
  clearInterval(timer);
  return { taken, out: out - 1, megabytes, ordered };
}

// `npm run stream` does this with a million rows
test.runIf(process.platform === 'linux')('memory does not grow with the rows, and the order is kept', async () => {
  const [few, many] = [await stream(20_000), await stream(200_000)];
  expect(many).toMatchObject({ taken: 200_000, out: 200_000, ordered: true });
  expect(many.megabytes - few.megabytes).toBeLessThan(60);
});

test.runIf(process.platform === 'linux')('the command waits for a reader that stops reading', async () => {
  const { taken, megabytes } = await stream(1e6, { read: false, patience: 4000 });
  // pipes and one chunk hold some thousand rows
  expect(taken).toBeLessThan(60_000);
  expect(megabytes).toBeLessThan(250);
});

test('--keep leaves a text of millions of backslashes and quotes unchanged', () => {
  for (const text of ['\\\\'.repeat(3_500_000), '\\"'.repeat(1_500_000)]) {
    const cells = header.split(',').map((name, j) => `${JSON.stringify(name)}:${Number(lines[0]?.split(',')[j]) || 0}`);
    const { stdout, status } = ask(`{${cells.join()},"note":"${text}"}\n`, '--keep', 'note');
    expect([status, stdout.startsWith(`{"note":"${text}","probability":`)]).toEqual([0, true]);
  }
});
