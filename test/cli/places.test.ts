// Writing results: other files are neither changed nor removed, and content is on the disk before its name is.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openAtomic } from '../../src/cli/atomic-write.ts';
import { checkReplaceable } from '../../src/cli/check-replaceable.ts';
import { writeFolder } from '../../src/cli/output-folder.ts';
import { openRunCheckpoint } from '../../src/cli/run-checkpoint.ts';
import { checkRunFolder, removeRun } from '../../src/cli/run-folder.ts';
import { createTempFolder } from '../../src/cli/temp-folder.ts';
import { openDiskCache } from '../../src/io/disk-cache.ts';
import { DebkdError } from '../../src/io/errors.ts';
import { dice } from '../random.ts';
import { debkd, MAIN, modelPath, start, temporary, WDBC } from './run.ts';

const OWN = ['student.debkd', 'result.json', 'report.html', 'statistics.json'] as const;
const FILES = [
  { path: 'student.debkd', content: 'debkd\0 weights' },
  { path: 'result.json', content: '{"schema":"debkd/distill@1"}' },
  { path: 'report.html', content: '<head><meta name="generator" content="debkd"></head>' },
  { path: 'statistics.json', content: '{"schema":"debkd/statistics@1"}' },
];

/** The content of a folder by path: texts of files, targets of links, empty for folders. */
function contents(folder: string, under = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(join(folder, under))) {
    const path = join(under, name);
    const stat = lstatSync(join(folder, path));
    if (stat.isSymbolicLink()) found.set(path, `-> ${readlinkSync(join(folder, path))}`);
    else if (stat.isFile()) found.set(path, readFileSync(join(folder, path), 'utf8'));
    else {
      found.set(path, '');
      for (const [inner, text] of contents(folder, path)) found.set(inner, text);
    }
  }
  return found;
}

/** Names that resemble those of debkd. */
const NAMES = [
  ...['result.old-20240101', `result.old-${2 ** 22 + 1}`, 'result.partial-7', `result.partial-${process.pid}`],
  ...['result.checkpoint', 'result.cells', 'result.checkpoint.old-1', 'result.txt', 'resul', 'result.json'],
  ...['.debkd-0123456789abcdef', '.debkd-fedcba9876543210', '.debkd-1', '.debkd', 'result.labels'],
];
const INSIDE = [
  ...['notes.txt', 'student.debkd', 'result.json', 'report.html', 'run.json', 'old', 'new', 'debkd.json'],
  ...[`${'ab'.repeat(31)}.labels`, 'cats.labels', 'x.labels.part-1', 'run.json.part-mine'],
];
const MARKS = [
  '{}',
  '{"program":"debkd"',
  JSON.stringify({ program: 'debkd', for: 'other', host: hostname(), pid: 2 ** 22 + 1, started: null }),
  JSON.stringify({ program: 'debkd', for: 'result', host: 'elsewhere', pid: 2 ** 22 + 1, started: null }),
  JSON.stringify({ program: 'debkd', for: 'result', host: hostname(), pid: process.pid, started: null }),
];

test('in 1,000 random trees of siblings, nothing that debkd did not make is changed or removed', async () => {
  const d = dice(22);
  const pick = <T>(list: readonly T[]): T => list[d.below(list.length)] as T;
  // in memory if possible, because writes wait for the disk
  const root = existsSync('/dev/shm') ? mkdtempSync('/dev/shm/debkd-test-') : temporary();
  const counts = { written: 0, refused: 0 };
  for (let turn = 0; turn < 1000; turn++) {
    const cwd = join(root, String(turn));
    mkdirSync(cwd);
    writeFileSync(join(root, 'outside'), 'theirs');
    for (let n = d.below(5); n >= 0; n--) {
      const path = join(cwd, pick([...NAMES, 'result']));
      if (existsSync(path) || lstatSync(path, { throwIfNoEntry: false })) continue;
      const kind = d.below(6);
      if (kind === 0) writeFileSync(path, `theirs ${n}`);
      else if (kind === 1) symlinkSync(pick(['../outside', 'result', '.', 'nowhere']), path);
      else {
        mkdirSync(path);
        for (let k = d.below(4); k > 0; k--) {
          const inner = join(path, pick(INSIDE));
          if (!existsSync(inner)) writeFileSync(inner, pick([...MARKS, `theirs ${k}`]));
        }
      }
    }
    const before = contents(cwd);
    const work = [
      async () => {
        await checkReplaceable(join(cwd, pick(['result', 'result/'])), OWN, d.below(2) === 1);
        await writeFolder(join(cwd, 'result'), FILES, OWN);
      },
      async () => {
        const whole = await openAtomic(join(cwd, 'fresh.csv'));
        await whole.write('answers');
        await whole.finish();
      },
      async () => {
        const folder = join(cwd, pick(['result.checkpoint', 'result.cells']));
        await checkRunFolder(folder);
        const run = await openRunCheckpoint(folder, { rows: turn }, d.below(2) === 1);
        await run.put('part', Uint8Array.of(1));
        await removeRun(folder);
      },
      async () => {
        const cache = await openDiskCache(join(cwd, pick(NAMES)), { maxBytes: 10 });
        for (let k = 0; k < 3; k++) await cache.put(String(k).repeat(64), new Uint8Array(8));
      },
    ];
    const chosen = d.below(work.length);
    try {
      await (work[chosen] as () => Promise<void>)();
      counts.written++;
    } catch (error) {
      if (!(error instanceof DebkdError)) throw error;
      counts.refused++;
    }
    const after = contents(cwd);
    for (const [path, text] of before) {
      // --force overwrites the three names of a result, even through a link; an empty folder is replaced
      const forced = chosen === 0 && OWN.some((name) => path.endsWith(name));
      if (forced || (text === '' && !after.has(path))) continue;
      expect(after.get(path), `turn ${turn}: ${path}`).toBe(text);
    }
    expect(readFileSync(join(root, 'outside'), 'utf8')).toBe('theirs');
    rmSync(cwd, { recursive: true });
  }
  rmSync(root, { recursive: true });
  expect(counts.written).toBeGreaterThan(300);
  expect(counts.refused).toBeGreaterThan(50);
});

test('a temporary folder stays while its process runs, and is removed when another process has its id', async () => {
  const cwd = temporary();
  const { path } = await createTempFolder(join(cwd, 'result'));
  await checkReplaceable(join(cwd, 'result'), OWN);
  expect(existsSync(path)).toBe(true);
  const mark = join(path, 'debkd.json');
  const owner = JSON.parse(readFileSync(mark, 'utf8'));
  if (owner.started === null) return; // the system does not tell when a process started
  writeFileSync(mark, JSON.stringify({ ...owner, started: 'another boot 7' }));
  mkdirSync(join(path, 'old'));
  writeFileSync(join(path, 'notes.txt'), 'theirs');
  await checkReplaceable(join(cwd, 'result'), OWN);
  expect([...contents(cwd).keys()].sort()).toEqual([
    path.slice(cwd.length + 1),
    `${path.slice(cwd.length + 1)}/notes.txt`,
    'result',
  ]);
});

/** Records renames, writes and syncs in order. */
async function recorded(work: () => Promise<void>): Promise<string[]> {
  const calls: string[] = [];
  const { open, rename } = promises;
  const note = <T>(call: string, work: () => T): T => {
    calls.push(call);
    return work();
  };
  const watched = async (...args: Parameters<typeof open>): Promise<FileHandle> => {
    const handle = await open(...args);
    const { sync, writeFile } = handle;
    handle.sync = () => note(`sync ${args[0]}`, () => sync.call(handle));
    handle.writeFile = (...all) => note(`write ${args[0]}`, () => writeFile.apply(handle, all));
    return handle;
  };
  Object.assign(promises, {
    open: watched,
    rename: (from: string, to: string) => note(`rename ${from} ${to}`, () => rename(from, to)),
  });
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    Object.assign(promises, { open, rename });
    syncBuiltinESMExports();
  }
  return calls;
}

test('content is synced before the rename, and the new name before the work is done', async () => {
  const cwd = temporary();
  const short = (calls: readonly string[]): string[] =>
    calls.map((call) =>
      call
        .replaceAll(cwd, '')
        .replaceAll(/\.debkd-[0-9a-f]{16}/g, '*')
        .replaceAll(/\.part-\S+/g, '.part'),
    );
  const folder = join(cwd, 'result');
  const nested = [...FILES, { path: 'a/b.txt', content: 'b' }];
  const calls = short(await recorded(() => writeFolder(folder, nested)));
  const at = (call: string): number => {
    expect(calls).toContain(call);
    return calls.indexOf(call);
  };
  const renamed = at('rename /*/new /result');
  for (const path of ['student.debkd', 'result.json', 'report.html', 'a/b.txt']) {
    expect(at(`sync /*/new/${path}`)).toBeGreaterThan(at(`write /*/new/${path}`));
    expect(at(`sync /*/new/${path}`)).toBeLessThan(renamed);
  }
  for (const path of ['new/a', 'new']) expect(at(`sync /*/${path}`)).toBeLessThan(renamed);
  expect(at('sync ')).toBeGreaterThan(renamed);

  expect(
    short(
      await recorded(async () => {
        const whole = await openAtomic(join(cwd, 'rows.csv'));
        await whole.write('1\n');
        await whole.finish();
      }),
    ).slice(-4),
  ).toEqual(['write /*/new', 'sync /*/new', 'rename /*/new /rows.csv', 'sync ']);
  const cache = await openDiskCache(join(cwd, 'cache'));
  const key = 'ab'.repeat(32);
  expect(short(await recorded(() => cache.put(key, Uint8Array.of(1))))).toEqual([
    ...[`write /cache/${key}.labels.part`, `sync /cache/${key}.labels.part`],
    ...[`rename /cache/${key}.labels.part /cache/${key}.labels`, 'sync /cache'],
  ]);
});

const teacher = modelPath('wdbc-mlp-biased/teacher.onnx');
const digestOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

test('no command overwrites its inputs, even through links and with --force', () => {
  const cwd = temporary();
  const rows = join(cwd, 'rows.csv');
  writeFileSync(rows, readFileSync(modelPath('wdbc/data.csv')));
  const before = digestOf(rows);
  linkSync(rows, join(cwd, 'hard'));
  symlinkSync('rows.csv', join(cwd, 'soft'));
  const label = [
    'label',
    '--teacher',
    teacher,
    '--data',
    'rows.csv',
    '--preprocessing',
    modelPath('wdbc/preprocessing.json'),
  ];
  for (const out of ['rows.csv', './rows.csv', 'hard', 'soft', rows]) {
    const { status, stderr } = debkd([...label, '--force', '--out', out], { cwd });
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(
        /^debkd: option --out ".*": is the input of --data \("rows.csv"\); choose another place\n$/,
      ),
    ]);
  }
  mkdirSync(join(cwd, 'result'));
  writeFileSync(join(cwd, 'result/result.json'), readFileSync(modelPath('wdbc/preprocessing.json')));
  const distill = ['distill', '--teacher', teacher, '--data', 'rows.csv', '--preprocessing', 'result/result.json'];
  expect(debkd([...distill, '--force', '--out', 'result'], { cwd }).stderr).toMatch(
    /holds the input of --preprocessing/,
  );
  expect(digestOf(rows)).toBe(before);
});

test('label overwrites an existing file only with --force, and writes to devices and pipes', () => {
  const cwd = temporary();
  writeFileSync(join(cwd, 'soft.csv'), 'theirs');
  const label = [
    'label',
    '--teacher',
    teacher,
    '--data',
    modelPath('wdbc/data.csv'),
    '--preprocessing',
    modelPath('wdbc/preprocessing.json'),
  ];
  const refused = debkd([...label, '--out', 'soft.csv'], { cwd });
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringMatching(/the file exists; .*\(--force\)/)]);
  expect(readFileSync(join(cwd, 'soft.csv'), 'utf8')).toBe('theirs');
  expect(debkd([...label, '--out', 'soft.csv', '--force'], { cwd }).status).toBe(0);
  expect(readFileSync(join(cwd, 'soft.csv'), 'utf8')).toMatch(/^row,margin,probability\n/);
  // a folder is refused before the teacher runs, with --force too
  const asFolder = debkd([...label, '--out', '.', '--force'], { cwd });
  expect([asFolder.status, asFolder.stderr]).toEqual([
    2,
    'debkd: option --out ".": a folder, expected a file; add a file name\n',
  ]);
  expect(debkd([...label, '--out', '/dev/null'], { cwd }).status).toBe(0);
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  const piped = execFileSync('sh', ['-c', `node "$0" "$@" | cat`, MAIN, ...label, '--out', '/dev/stdout'], { cwd });
  expect(String(piped)).toMatch(/^row,margin,probability\n/);
  expect(readdirSync(cwd)).toEqual(['soft.csv']);
});

test('report overwrites its own pages, and others with --force', () => {
  const cwd = temporary();
  expect(debkd(['distill', ...WDBC, '--debias', 'none', '--out', 'r'], { cwd }).status).toBe(0);
  expect(debkd(['report', 'r', '--out', 'page.html'], { cwd }).status).toBe(0);
  expect(debkd(['report', 'r', '--out', 'page.html'], { cwd }).status).toBe(0);
  writeFileSync(join(cwd, 'page.html'), '<html>theirs</html>');
  expect(debkd(['report', 'r', '--out', 'page.html'], { cwd }).status).toBe(2);
  expect(debkd(['report', 'r', '--out', 'page.html', '--force'], { cwd }).status).toBe(0);
  const both = debkd(['report', 'r', '--out', 'both', '--poster', './both'], { cwd });
  expect([both.status, both.stderr]).toEqual([2, expect.stringMatching(/^debkd: option --poster ".\/both": the file/)]);
  expect(existsSync(join(cwd, 'both'))).toBe(false);
  // a result folder with a page of the user
  writeFileSync(join(cwd, 'r/report.html'), '<html>theirs</html>');
  const again = debkd(['distill', ...WDBC, '--debias', 'none', '--out', 'r'], { cwd });
  expect([again.status, again.stderr]).toEqual([2, expect.stringContaining('debkd did not make "report.html" in it')]);
  writeFileSync(join(cwd, 'r/notes.txt'), 'theirs');
  expect(debkd(['distill', ...WDBC, '--debias', 'none', '--out', 'r', '--force'], { cwd }).status).toBe(0);
  expect(readdirSync(join(cwd, 'r')).sort()).toEqual([
    'notes.txt',
    'report.html',
    'result.json',
    'statistics.json',
    'student.debkd',
  ]);
});

test.each([['result/'], ['./result//'], ['.']])(
  '--out %s: after a kill, --resume and a new run both work',
  async (out) => {
    const parent = temporary();
    const cwd = out === '.' ? join(parent, 'here') : parent;
    mkdirSync(cwd, { recursive: true });
    const args = ['distill', ...WDBC, '--debias', 'platt', '--out', out];
    const child = start(
      [...args, '--epochs', '400'].filter(
        (arg, i, all) => !(arg === '15' || (arg === '--epochs' && all[i + 1] === '15')),
      ),
      cwd,
    );
    await new Promise<void>((resolve) =>
      child.stderr?.on('data', (chunk) => /student [2-6] of/.test(String(chunk)) && resolve()),
    );
    child.kill('SIGKILL');
    await new Promise((resolve) => child.on('exit', resolve));
    const kept = join(parent, `${out === '.' ? 'here' : 'result'}.checkpoint`);
    expect(readdirSync(kept)).toContain('run.json');
    expect(debkd(args, { cwd }).status).toBe(0);
    expect(existsSync(kept)).toBe(false);
    const result = out === '.' ? cwd : join(parent, 'result');
    expect(readdirSync(result).sort()).toEqual(['report.html', 'result.json', 'statistics.json', 'student.debkd']);
    expect(debkd([...args, '--resume'], { cwd }).status).toBe(0);
  },
);

test('other files in the place of a checkpoint are kept', () => {
  const cwd = temporary();
  writeFileSync(join(cwd, 'a.checkpoint'), 'weights of somebody');
  mkdirSync(join(cwd, 'b.checkpoint'));
  writeFileSync(join(cwd, 'b.checkpoint/notes.txt'), 'theirs');
  mkdirSync(join(cwd, 'c.cells'));
  writeFileSync(join(cwd, 'c.cells/notes.txt'), 'theirs');
  const before = contents(cwd);
  for (const [command, out, words] of [
    ['distill', 'a', /"a.checkpoint", the folder of the unfinished run, is not a folder/],
    [
      'distill',
      'b',
      /"b.checkpoint", the folder of the unfinished run, holds "notes.txt", which debkd did not make; move it/,
    ],
    [
      'compare',
      'c',
      /"c.cells", the folder of the unfinished run, holds "notes.txt", which debkd did not make; move it/,
    ],
  ] as const) {
    const { status, stderr } = debkd([command, ...WDBC, '--out', out], { cwd });
    expect([status, stderr]).toEqual([2, expect.stringMatching(words)]);
  }
  expect(contents(cwd)).toEqual(before);
});

test.each([[243], [250], [256]])('a name of %i letters is accepted, or refused before any work', (letters) => {
  const cwd = temporary();
  const { status, stderr } = debkd(['distill', ...WDBC, '--debias', 'none', '--out', 'x'.repeat(letters)], { cwd });
  if (status !== 0) {
    expect(stderr).toMatch(/name is too long\); choose another place|expected a folder or a new name; choose another/);
    expect(stderr).not.toMatch(/soft labels|student \d/);
  }
  expect([status, readdirSync(cwd).length]).toEqual(letters === 243 ? [0, 1] : [2, 0]);
});
