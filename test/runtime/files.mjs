// The files that conformance.js reads, by name.
import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);
const MODELS = ['wdbc/data.csv', 'wdbc/split.csv', 'wdbc/preprocessing.json', 'wdbc-mlp-biased/teacher.onnx'];

/** @returns a Map of names to URLs */
export function fileUrls() {
  const tiny = readdirSync(new URL('test/teacher/tiny/', root)).filter((name) => /\.(onnx|bin|json)$/.test(name));
  return new Map([
    ...MODELS.map((name) => [name, new URL(`models/${name}`, root)]),
    ['images.json', new URL('test/golden/images.json', root)],
    ...tiny.map((name) => [`tiny/${name}`, new URL(`test/teacher/tiny/${name}`, root)]),
  ]);
}

/** @returns bytes by name */
export function readFiles() {
  return Object.fromEntries([...fileUrls()].map(([name, url]) => [name, new Uint8Array(readFileSync(url))]));
}
