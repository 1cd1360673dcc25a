// `npm run data` against servers on this machine: whole and interrupted transfers, hosts that fail, proxies, wrong files, killed runs.
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import { describeShared, shared, sharedJson } from '../shared.ts';
import { ASSETS, packAsset } from './data/assets.mjs';
import { download } from './data/download.mjs';
import { candidates, sha256 } from './data/fetch-file.mjs';
import { type FileServer, REBUILD, serveFiles } from './data/origins.ts';
import { DATA_SETS } from './data/sources.mjs';

const program = fileURLToPath(new URL('data.mjs', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'debkd-data-'));
const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const servers: FileServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
  rmSync(scratch, { recursive: true, force: true });
});
async function serve(...args: Parameters<typeof serveFiles>): Promise<FileServer> {
  const server = await serveFiles(...args);
  servers.push(server);
  return server;
}
let made = 0;
function newFolder(): string {
  const folder = join(scratch, String(made++));
  mkdirSync(folder);
  return folder;
}

interface Run {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `npm run data` into a folder; failed attempts are repeated at once. */
function data(folder: string, args: readonly string[], node: readonly string[] = []): Promise<Run> {
  const env = { ...process.env, DEBKD_SHARED: folder, DEBKD_DATA_URL: 'http://127.0.0.1:1/' };
  const child = spawn(process.execPath, [...node, program, '--wait', '1', '--tries', '3', ...args], { env });
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => (out.stdout += text));
  child.stderr.on('data', (text) => (out.stderr += text));
  return new Promise((done) => child.on('close', (code, signal) => done({ code, signal, ...out })));
}

const CONTENT = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 31) % 251));
const ONCE = { waitMs: 1, tries: 3 };
/** Answers half of the file, then breaks the connection, once `received` is true. */
function breakOff(response: ServerResponse, bytes: Uint8Array, received: () => boolean = () => true): true {
  const end = (): unknown => (received() ? response.destroy() : setTimeout(end, 5));
  response.writeHead(200, { 'content-length': bytes.length, etag: `"${bytes.length}"` });
  response.write(bytes.subarray(0, bytes.length / 2), end);
  return true;
}
/** An address where nothing listens. */
async function closedAddress(): Promise<string> {
  const server = await serveFiles({});
  await server.close();
  return server.url;
}

describe('a download', () => {
  test('that was broken off continues where it ended', async () => {
    let first = true;
    const path = join(newFolder(), 'a.part');
    const server = await serve({ 'a.csv': CONTENT }, (_, response, bytes) => {
      if (!first) return false;
      first = false;
      return breakOff(response, bytes, () => existsSync(path) && statSync(path).size === bytes.length / 2);
    });
    const said: string[] = [];
    expect(await download(`${server.url}a.csv`, path, { ...ONCE, say: (line: string) => said.push(line) })).toBe(true);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
    expect(server.requests).toEqual(['a.csv', 'a.csv bytes=50000-']);
    expect(said.join()).toMatch(/a\.csv: .+; next attempt in 0\.001 s/);
  });

  test('begins again where the file has changed meanwhile', async () => {
    const path = join(newFolder(), 'a.part');
    writeFileSync(path, 'an older file');
    writeFileSync(`${path}.etag`, '"13"');
    const server = await serve({ 'a.csv': CONTENT });
    expect(await download(`${server.url}a.csv`, path, ONCE)).toBe(false);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
    expect(server.requests).toEqual(['a.csv bytes=13-']);
    expect(readdirSync(join(path, '..'))).toEqual(['a.part']);
  });

  test('is repeated after 503, not after 404', async () => {
    let busy = 2;
    const server = await serve({ 'a.csv': CONTENT }, (_, response) => {
      if (busy-- <= 0) return false;
      response.writeHead(503, { 'retry-after': '0' }).end();
      return true;
    });
    await download(`${server.url}a.csv`, join(newFolder(), 'a.part'), ONCE);
    await expect(download(`${server.url}b.csv`, join(newFolder(), 'b.part'), ONCE)).rejects.toThrow(
      'the host answers 404',
    );
    expect(server.requests).toEqual(['a.csv', 'a.csv', 'a.csv', 'b.csv']);
  });

  test('follows a redirection', async () => {
    const server = await serve({ 'a.csv': CONTENT, old: '' }, ({ url }, response) => {
      if (url !== '/old') return false;
      response.writeHead(302, { location: '/a.csv' }).end();
      return true;
    });
    const path = join(newFolder(), 'a.part');
    await download(`${server.url}old`, path, ONCE);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });

  test('of a host that sends faster than the disk writes, and then closes the connection', async () => {
    // in a process of its own, so that bytes and the end of the connection arrive together
    const code = `const body = Buffer.alloc(3e6, 7);
      const server = require('node:net').createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => { socket.write('HTTP/1.0 200 OK\\r\\n\\r\\n'); socket.end(body); });
      });
      server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
    const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    const port = await new Promise((ready) => child.stdout.once('data', (text) => ready(String(text).trim())));
    const path = join(newFolder(), 'a.part');
    for (let round = 0; round < 5; round++) {
      rmSync(path, { force: true });
      await download(`http://127.0.0.1:${port}/`, path, { ...ONCE, tries: 1 });
      expect(readFileSync(path).equals(Buffer.alloc(3e6, 7))).toBe(true);
    }
    child.kill();
  });

  test('goes through the proxy of the environment, except to the hosts of NO_PROXY', async () => {
    const server = await serve({ 'a.csv': CONTENT });
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      const target = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        target.pipe(socket).pipe(target);
      });
      for (const end of [socket, target]) end.on('error', () => undefined);
    });
    await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready));
    const earlier = { ...process.env };
    process.env['HTTP_PROXY'] = process.env['http_proxy'] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    process.env['NO_PROXY'] = process.env['no_proxy'] = '127.0.0.1';
    try {
      const path = join(newFolder(), 'a.part');
      await download('http://origin.invalid/a.csv', path, ONCE);
      expect(readFileSync(path).equals(CONTENT)).toBe(true);
      await download(`${server.url}a.csv`, join(newFolder(), 'a.part'), ONCE);
      expect(asked).toEqual(['origin.invalid:80']);
    } finally {
      for (const name of ['HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy'])
        if (earlier[name] === undefined) delete process.env[name];
        else process.env[name] = earlier[name];
      proxy.closeAllConnections();
      proxy.close();
    }
  });
});

describe('a file of several addresses', () => {
  const FILE = { name: 'a.csv', sha256: sha256(CONTENT) };
  /** The bytes of the first candidate that can be read, and why the earlier ones could not. */
  async function first(file: object, downloads = newFolder()): Promise<{ bytes?: Buffer; why: string[] }> {
    const why: string[] = [];
    for (const candidate of candidates(file, { from: undefined, mirror: undefined, downloads, ...ONCE }))
      try {
        return { bytes: Buffer.from(await candidate.read()), why };
      } catch (error) {
        why.push((error as Error).message);
      }
    return { why };
  }

  test('with a wrong SHA-256 is refused, and the next address is asked', async () => {
    const server = await serve({ bad: 'a page of a captive portal', good: CONTENT });
    const downloads = newFolder();
    const urls = [{ url: `${server.url}bad` }, { url: `${server.url}good` }];
    const { bytes, why } = await first({ ...FILE, urls }, downloads);
    expect(bytes?.equals(CONTENT)).toBe(true);
    expect(why).toEqual([expect.stringMatching(/^SHA-256 is \w{64} \(26 bytes\), expected \w{64}$/)]);
    expect(readdirSync(downloads)).toEqual(['1-a.csv.part']);
  });

  test('whose part is of another file is fetched from its start', async () => {
    const server = await serve({ good: CONTENT });
    const downloads = newFolder();
    writeFileSync(join(downloads, 'a.csv.part'), 'the part of another file');
    const { bytes } = await first({ ...FILE, urls: [{ url: `${server.url}good` }] }, downloads);
    expect(bytes?.equals(CONTENT)).toBe(true);
    expect(server.requests).toEqual(['good bytes=24-', 'good']);
  });

  test('is unpacked from nested archives', async () => {
    const server = await serve({ 'both.zip': zipSync({ 'inner.zip': zipSync({ 'folder/a.csv': CONTENT }) }) });
    const url = `${server.url}both.zip`;
    const { bytes } = await first({ ...FILE, urls: [{ url, unzip: ['inner.zip', 'a.csv'] }] });
    expect(bytes?.equals(CONTENT)).toBe(true);
    const { why } = await first({ ...FILE, urls: [{ url, unzip: ['inner.zip', 'b.csv'] }] });
    expect(why).toEqual(['the archive has no b.csv']);
  });
});

describe('the command', () => {
  test('says what to do by hand where a host is gone, and exits with code 2', async () => {
    const folder = newFolder();
    const address = await closedAddress();
    const { code, stdout, stderr } = await data(folder, ['--sets', 'german,wdbc', '--mirror', address]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `data: german could not be had\n  ${address}german.data: ECONNREFUSED, after 3 attempts\n` +
        '  By hand: get german.data from https://archive.ics.uci.edu/dataset/144 or any other copy, put it into a folder, and run\n' +
        '  npm run data -- --sets german --from FOLDER\n',
    );
    // the licence, and the set that needs no host
    expect(stdout).toContain('German Credit (Statlog); H. Hofmann, 1994, doi:10.24432/C5NC77; CC BY 4.0');
    expect(readdirSync(join(folder, 'data'))).toEqual(['wdbc']);
  });

  test.each([
    ['a short row', 'A11 6 A34\n', 'german: row 1 has 3 fields, expected 21'],
    ['another label', `${'x '.repeat(20)}7\n`, 'german: label "7", expected 1 or 2'],
    ['another table', `${'x '.repeat(20)}2\n`, 'SHA-256 is'],
  ])('refuses %s in a file of --from', async (_, text, message) => {
    const [from, folder] = [newFolder(), newFolder()];
    writeFileSync(join(from, 'german.data'), text);
    const { code, stderr } = await data(folder, ['--sets', 'german', '--from', from]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${join(from, 'german.data')}: ${message}`);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  test('refuses teachers with other bytes', async () => {
    const server = await serve({ 'debkd-teachers.zip': zipSync({ 'teachers/a.onnx': CONTENT }) });
    const folder = newFolder();
    const { code, stderr } = await data(folder, ['--sets', 'teachers', '--mirror', server.url]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/debkd-teachers\.zip: SHA-256 is \w{64}/);
    expect(existsSync(join(folder, 'teachers'))).toBe(false);
  });

  test('killed between writing and renaming leaves nothing half-written; the next run completes it', async () => {
    const folder = newFolder();
    const preload = join(newFolder(), 'kill.mjs');
    writeFileSync(preload, "import fs from 'node:fs';\nfs.renameSync = () => process.kill(process.pid, 'SIGKILL');\n");
    const killed = await data(folder, ['--sets', 'wdbc'], ['--import', preload]);
    expect(killed.signal).toBe('SIGKILL');
    expect(readdirSync(join(folder, 'data/wdbc'))).toEqual([expect.stringMatching(/^\.split\.csv\.gz\.tmp\d+$/)]);
    expect((await data(folder, ['--sets', 'wdbc'])).code).toBe(0);
    const files = ['data.csv.gz', 'split-transfer.csv.gz', 'split.csv.gz'];
    expect(readdirSync(join(folder, 'data/wdbc')).sort()).toEqual(files);
    expect((await data(folder, ['--sets', 'wdbc'])).stdout).toContain('wdbc: is there\n');
  });

  test('writes a damaged table again', async () => {
    const folder = newFolder();
    await data(folder, ['--sets', 'wdbc']);
    const path = join(folder, 'data/wdbc/split.csv.gz');
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, 100));
    await data(folder, ['--sets', 'wdbc']);
    expect(readFileSync(path).equals(whole)).toBe(true);
  });

  test.each([
    [['--sets', 'iris'], '--sets "iris": expected adult, bank, '],
    [['--tries', '0'], '--tries 0: expected a whole number'],
    [['--from', '/none/of/this'], '--from /none/of/this: no such folder'],
    [['--form', 'x'], "Unknown option '--form'"],
  ])('refuses %j in one line', async (args, message) => {
    const { code, stderr } = await data(newFolder(), args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^data: .*\n$/);
    expect(stderr).toContain(message);
  });
});

test('the same files give the same archive', () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'teachers'));
  for (const name of ['b.onnx', 'a.onnx']) writeFileSync(join(folder, 'teachers', name), CONTENT);
  writeFileSync(join(folder, 'teachers/.hidden'), '');
  const { zip, pin } = packAsset(ASSETS[0], folder);
  expect(pin.files).toBe(2);
  // written down, so that a change of the packer shows
  expect(pin.sha256).toBe('e33e0cd6d80c74bf826225041712cf7dc453ad0ba82507926c3467645e431aad');
  expect(packAsset(ASSETS[0], folder).zip).toEqual(zip);
});

test('docs/data.md has every sum and page', () => {
  const page = read('docs/data.md');
  for (const { sha256: sum, page: address, files } of DATA_SETS) {
    for (const text of [sum, address, ...files.map((file) => file.name)]) expect(page).toContain(text);
    for (const file of files as { sha256?: string; bytes?: number }[])
      if (file.sha256) expect(page).toContain(`${file.bytes?.toLocaleString('en')} | \`${file.sha256}\``);
  }
  const pins: { [name: string]: { bytes: number; files: number; sha256: string } } = JSON.parse(
    read('test/evidence/data/assets.json'),
  );
  for (const { bytes, files, sha256: sum } of Object.values(pins))
    expect(page).toContain(`${bytes.toLocaleString('en')} | ${files.toLocaleString('en')} | \`${sum}\``);
});

describeShared('every table and teacher', () => {
  test('docs/data.md has a card of every teacher', () => {
    const page = read('docs/data.md');
    const { teachers } = sharedJson<{ teachers: { id: string; bytes: number; sha256: string }[] }>(
      'teachers/teachers.json',
    );
    expect(teachers).toHaveLength(14);
    for (const { id, bytes, sha256: sum } of teachers)
      expect(page).toMatch(new RegExp(`\\| \`${id}\` .* ${bytes.toLocaleString('en')} \\| \`${sum}\` \\|`));
  });

  const csvOf = (name: string): string => gunzipSync(readFileSync(shared(`data/${name}/data.csv.gz`))).toString();
  const tables = DATA_SETS.filter(({ files }) => files.length > 0);

  test('from a server that breaks off: the bytes of the original files', async () => {
    const origins = Object.assign({}, ...tables.map(({ name }) => REBUILD[name]?.(csvOf(name))));
    for (const { files } of tables)
      for (const file of files as { name: string; bytes?: number; sha256?: string }[])
        if (file.sha256) {
          expect(sha256(origins[file.name])).toBe(file.sha256);
          expect(origins[file.name].length).toBe(file.bytes);
        }
    const root = fileURLToPath(shared('.'));
    const { zip } = packAsset(ASSETS[0], root);
    const asked = new Set<string>();
    const server = await serve({ ...origins, 'debkd-teachers.zip': zip }, ({ url = '' }, response, bytes) => {
      if (asked.has(url)) return false;
      asked.add(url);
      return breakOff(response, bytes);
    });
    const folder = newFolder();
    const { code, stderr } = await data(folder, ['--mirror', server.url]);
    expect([code, stderr]).toEqual([0, '']);
    for (const { name } of DATA_SETS)
      for (const file of ['data', 'split', 'split-transfer'].map((part) => `data/${name}/${part}.csv.gz`))
        expect(gunzipSync(readFileSync(join(folder, file))).equals(gunzipSync(readFileSync(shared(file)))), file).toBe(
          true,
        );
    const names = readdirSync(shared('teachers')).sort();
    expect(readdirSync(join(folder, 'teachers')).sort()).toEqual(names);
    for (const name of names)
      expect(readFileSync(join(folder, 'teachers', name)).equals(readFileSync(shared(`teachers/${name}`))), name).toBe(
        true,
      );
    expect(Object.keys(JSON.parse(readFileSync(join(folder, 'origins.json'), 'utf8')))).toHaveLength(6);
    expect(existsSync(join(folder, 'downloads'))).toBe(false);
    const before = server.requests.length;
    expect((await data(folder, ['--mirror', server.url])).stdout.match(/: is there/g)).toHaveLength(7);
    expect(server.requests).toHaveLength(before);
  }, 300_000);

  test('copies with other separators, line ends and numbers prepare to the same table', async () => {
    const from = newFolder();
    const [german, spambase, bank, credit] = ['german', 'spambase', 'bank', 'default'].map(
      (name) => Object.values(REBUILD[name]?.(csvOf(name)) ?? {})[0] ?? '',
    ) as [string, string, string, string];
    writeFileSync(join(from, 'german.data'), german.replaceAll(' ', ','));
    writeFileSync(join(from, 'spambase.data'), spambase.replaceAll('\r\n', '\n'));
    writeFileSync(join(from, 'bank.zip'), zipSync({ 'bank-full.csv': Buffer.from(bank.replaceAll(';', ',')) }));
    // the sheet saved as CSV: two lines of names, decimals
    const [, ...rows] = credit.split('\n');
    const names = `${','.repeat(24)}\nID,LIMIT_BAL${',a'.repeat(23)}\n`;
    writeFileSync(join(from, 'default.csv'), `\uFEFF${names}${rows.join('.0\r\n')}`);
    const { code, stderr } = await data(newFolder(), ['--sets', 'german,spambase,bank,default', '--from', from]);
    expect([code, stderr]).toEqual([0, '']);
  }, 300_000);
});
