// The files of the project's own that a clone does not have: teachers, and the data sets of images and texts whose licences allow copies.
// Each is a ZIP of the project's releases, with a list of the SHA-256 of its files. The same files give the same ZIP, byte for byte.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { checkHash, sha256 } from './fetch-file.mjs';
import { writeWhole } from './write.mjs';

/** `holds` selects the files of a folder with the layout of docs/data.md. */
export const ASSETS = [
  {
    name: 'teachers',
    file: 'debkd-teachers.zip',
    title: 'fourteen teachers of tables, with preprocessing and answers',
    licence: 'MIT; trained on data under CC BY 4.0',
    holds: (path) => path.startsWith('teachers/'),
  },
  {
    name: 'images',
    file: 'debkd-images.zip',
    title: 'malaria cells (NIH/NLM, Rajaraman et al., 2018) and TrashNet (Thung and Yang, 2016), with four teachers',
    licence: 'malaria: public domain, credit to the U.S. National Library of Medicine; TrashNet: MIT; teachers: MIT',
    holds: (path) =>
      /^images\/(malaria|trash)\//.test(path) || /^images\/teachers\/(teachers\.json|(malaria|trash)\b)/.test(path),
  },
  {
    name: 'texts',
    file: 'debkd-texts.zip',
    title: 'clickbait headlines (Chakraborty et al., 2016), with two teachers',
    licence: 'MIT',
    holds: (path) =>
      /^text\/(data|tokenizers)\/clickbait\//.test(path) || /^text\/teachers\/(teachers\.json|clickbait\b)/.test(path),
  },
];

const PINS = fileURLToPath(new URL('assets.json', import.meta.url));
const pins = () => JSON.parse(readFileSync(PINS, 'utf8'));
const sumsName = ({ file }) => file.replace('.zip', '.sha256');
/** A date without a time zone. */
const MTIME = new Date(1980, 0, 1);

/** The file to fetch, as an entry of sources.mjs has it. */
export function assetFile(asset, bases) {
  const { bytes, sha256 } = pins()[asset.name];
  const urls = bases.map((base) => ({ url: `${base.replace(/\/?$/, '/')}${asset.file}` }));
  return { name: asset.file, bytes, sha256, exact: true, urls };
}

/** Whether a folder has every file of an asset, whole. */
export function hasAsset(asset, folder) {
  const list = join(folder, sumsName(asset));
  if (!existsSync(list) || sha256(readFileSync(list)) !== pins()[asset.name].sums) return false;
  return readFileSync(list, 'utf8')
    .trim()
    .split('\n')
    .every((line) => {
      const path = join(folder, line.slice(66));
      return existsSync(path) && sha256(readFileSync(path)) === line.slice(0, 64);
    });
}

/** Unpacks an asset, whose bytes were compared with its SHA-256. The list of sums comes last: without it the asset is not there. */
export function unpackAsset(asset, bytes, folder) {
  const files = unzipSync(bytes);
  const list = files[sumsName(asset)];
  checkHash(list, pins()[asset.name].sums);
  for (const line of strFromU8(list).trim().split('\n')) {
    const path = line.slice(66);
    const name = join(folder, path);
    if (existsSync(name) && sha256(readFileSync(name)) === line.slice(0, 64)) continue;
    checkHash(files[path], line.slice(0, 64));
    writeWhole(name, files[path]);
  }
  writeWhole(join(folder, sumsName(asset)), list);
}

/** Packs an asset from a folder that has its files. @returns the ZIP and what assets.json says of it */
export function packAsset(asset, folder) {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length).replaceAll('\\', '/'))
    .filter((path) => asset.holds(path) && !path.split('/').some((part) => part.startsWith('.')))
    .sort();
  const files = Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path))]));
  const sums = paths.map((path) => `${sha256(files[path])}  ${path}\n`).join('');
  // pictures are compressed already
  const entry = (path) => [files[path], { level: /\.(png|jpg)$/.test(path) ? 0 : 9 }];
  const zip = zipSync(
    { ...Object.fromEntries(paths.map((path) => [path, entry(path)])), [sumsName(asset)]: strToU8(sums) },
    { mtime: MTIME },
  );
  return {
    zip,
    pin: { bytes: zip.length, sha256: sha256(zip), sums: sha256(Buffer.from(sums)), files: paths.length },
  };
}

/** Packs every asset that the folder `from` has into the folder `to`. With `pin`, assets.json gets their sums; otherwise they are compared. */
export function packAssets(from, to, { pin, say }) {
  const known = pins();
  let equal = true;
  for (const asset of ASSETS) {
    const packed = packAsset(asset, from);
    if (packed.pin.files === 0) {
      say(`${asset.file}: ${from} has none of its files`);
      continue;
    }
    writeWhole(join(to, asset.file), packed.zip);
    const same = JSON.stringify(known[asset.name]) === JSON.stringify(packed.pin);
    if (pin) known[asset.name] = packed.pin;
    else equal &&= same;
    const verdict = same ? 'as assets.json says' : pin ? 'written to assets.json' : 'NOT as assets.json says';
    say(
      `${asset.file}: ${packed.pin.files} files, ${packed.zip.length} bytes, SHA-256 ${packed.pin.sha256}, ${verdict}`,
    );
  }
  if (pin) writeWhole(PINS, `${JSON.stringify(known, null, 2)}\n`);
  return equal;
}
