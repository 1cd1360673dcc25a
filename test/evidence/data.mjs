// Fetches the data sets and teachers that the documentation's figures were measured on, into .data (or the folder of DEBKD_SHARED).
//   npm run data [-- --sets adult,teachers --from FOLDER --mirror URL --tries 5 --wait 1000]
//   npm run data -- --pack FOLDER [--pin]
// --sets: data sets, or `teachers`, `images`, `texts`, or `all`; by default the six tables and the teachers. What is there already is skipped.
// --from takes the files from a folder, --mirror from another address. --pack makes the files of a release from a folder that has them.
// docs/data.md tells more.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ASSETS, assetFile, hasAsset, packAssets, unpackAsset } from './data/assets.mjs';
import { candidates, checkHash, sha256 } from './data/fetch-file.mjs';
import { DATA_SETS } from './data/sources.mjs';
import { splitsOf } from './data/split.mjs';
import { removeLeftovers, writeWhole } from './data/write.mjs';
import { DATA_FOLDER, findShared } from './shared.mjs';

/** The tag of the release that has the assets. */
const RELEASE = 'data-1';
const root = fileURLToPath(new URL('../../', import.meta.url));
const say = (line) => console.log(line);

/** What stops the whole command. */
function refuse(message) {
  console.error(`data: ${message}`);
  process.exit(2);
}

function parse() {
  try {
    return parseArgs({
      options: {
        sets: { type: 'string', default: [...DATA_SETS.map(({ name }) => name), 'teachers'].join(',') },
        from: { type: 'string' },
        mirror: { type: 'string' },
        tries: { type: 'string', default: '5' },
        wait: { type: 'string', default: '1000' },
        pack: { type: 'string' },
        pin: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return refuse(error.message);
  }
}
const values = parse();
const whole = (name, least) => {
  const value = Number(values[name]);
  return Number.isInteger(value) && value >= least
    ? value
    : refuse(`--${name} ${values[name]}: expected a whole number`);
};
const options = {
  from: values.from,
  mirror: values.mirror,
  tries: whole('tries', 1),
  waitMs: whole('wait', 0),
  downloads: join(DATA_FOLDER, 'downloads'),
  say: (line) => say(`  ${line}`),
};

/** Where the project's releases are: as the environment says, else at the origin of this clone and at the repository of package.json. */
function releases() {
  if (process.env.DEBKD_DATA_URL) return [process.env.DEBKD_DATA_URL];
  const { stdout } = spawnSync('git', ['config', '--get', 'remote.origin.url'], { cwd: root, encoding: 'utf8' });
  const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const names = [stdout ?? '', repository.url].flatMap(
    (url) => /github\.com[/:]([^/]+\/[^/]+?)(?:\.git)?\/?\s*$/.exec(url)?.[1] ?? [],
  );
  return [...new Set(names)].map((name) => `https://github.com/${name}/releases/download/${RELEASE}/`);
}

/** Takes each file from the first source that has it; `use` gets all of them and refuses what does not fit. */
async function gather(files, use) {
  const reasons = [];
  const texts = [];
  const used = [];
  for (const [i, file] of files.entries()) {
    let done = false;
    for (const candidate of candidates(file, options)) {
      try {
        const bytes = await candidate.read();
        // the last file completes the set
        if (i === files.length - 1) await use([...texts, bytes]);
        texts.push(bytes);
        used.push({ file: file.name, url: candidate.url, bytes: bytes.length, sha256: sha256(bytes) });
        candidate.forget();
        done = true;
        break;
      } catch (error) {
        reasons.push(`${candidate.url}: ${error.message}`);
      }
    }
    if (!done) return { reasons };
  }
  return { used };
}

/** Keeps where each file came from; tells of an origin without a published sum that has changed. */
function record(used) {
  const path = join(DATA_FOLDER, 'origins.json');
  const known = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  for (const { file, ...origin } of used) {
    if (known[file]?.url === origin.url && known[file].sha256 !== origin.sha256)
      say(`  ${file}: its bytes have changed since the last time; the prepared table has not`);
    known[file] = origin;
  }
  writeWhole(path, `${JSON.stringify(known, null, 2)}\n`);
}

const pathOf = (set, name) => join(DATA_FOLDER, 'data', set.name, `${name}.csv.gz`);

function hasTable(set) {
  const read = (name) => gunzipSync(readFileSync(pathOf(set, name)));
  try {
    const csv = read('data');
    if (sha256(csv) !== set.sha256) return false;
    return Object.entries(splitsOf(csv.toString())).every(([name, text]) => read(name).toString() === text);
  } catch {
    return false;
  }
}

function writeTable(set, csv) {
  checkHash(Buffer.from(csv), set.sha256);
  for (const [name, text] of Object.entries({ ...splitsOf(csv), data: csv }))
    writeWhole(pathOf(set, name), gzipSync(text, { level: 9 }));
}

/** @returns undefined, or why the table could not be had */
async function fetchTable(set) {
  if (hasTable(set)) return say(`${set.name}: is there`);
  say(`${set.name}: ${set.title}; ${set.credit}; ${set.licence}; ${set.page}`);
  if (set.local !== undefined) {
    writeTable(set, readFileSync(join(root, set.local), 'utf8'));
    return say(`  written, from ${set.local}`);
  }
  const { reasons, used } = await gather(set.files, (files) =>
    writeTable(set, set.prepare(...files.map((bytes) => new TextDecoder().decode(bytes)))),
  );
  if (reasons) return { name: set.name, reasons, page: set.page, files: set.files.map(({ name }) => name) };
  record(used);
  return say(`  written, from ${used.map(({ url }) => url).join(' and ')}`);
}

/** @returns undefined, or why the asset could not be had */
async function fetchAsset(asset) {
  if (hasAsset(asset, DATA_FOLDER)) return say(`${asset.name}: is there`);
  say(`${asset.name}: ${asset.title}; ${asset.licence}`);
  const { reasons, used } = await gather([assetFile(asset, releases())], ([bytes]) =>
    unpackAsset(asset, bytes, DATA_FOLDER),
  );
  if (used) return say(`  written, from ${used[0].url}`);
  return { name: asset.name, reasons, page: `the release ${RELEASE} of the project`, files: [asset.file] };
}

if (values.pack !== undefined) {
  const from = findShared(['teachers']) ?? refuse('no folder to pack from; set DEBKD_SHARED');
  const equal = packAssets(from, values.pack, { pin: values.pin, say });
  process.exit(equal ? 0 : 2);
}
const known = [...DATA_SETS, ...ASSETS];
const names = values.sets === 'all' ? known.map(({ name }) => name) : values.sets.split(',');
const unknown = names.find((name) => !known.some((one) => one.name === name));
if (unknown !== undefined) refuse(`--sets "${unknown}": expected ${known.map(({ name }) => name).join(', ')}, or all`);
if (values.from !== undefined && !existsSync(values.from)) refuse(`--from ${values.from}: no such folder`);

say(`into ${DATA_FOLDER}`);
removeLeftovers(DATA_FOLDER);
const failures = [];
for (const one of known.filter(({ name }) => names.includes(name))) {
  const failure = await (one.prepare || one.local ? fetchTable(one) : fetchAsset(one));
  if (failure) failures.push(failure);
}
for (const { name, reasons, page, files } of failures)
  console.error(
    [
      `data: ${name} could not be had`,
      ...reasons.map((reason) => `  ${reason}`),
      `  By hand: get ${files.join(' and ')} from ${page} or any other copy, put it into a folder, and run`,
      `  npm run data -- --sets ${name} --from FOLDER`,
    ].join('\n'),
  );
if (failures.length > 0) process.exit(2);
rmSync(options.downloads, { recursive: true, force: true });
