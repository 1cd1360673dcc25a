// Finds the data sets and teachers behind the figures in the documentation, which the repository does not contain: the folder of the
// environment variable DEBKD_SHARED, else ../shared, else .data, which `npm run data` fills.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const local = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The folder that `npm run data` fills. */
export const DATA_FOLDER = process.env.DEBKD_SHARED ?? local('../../.data');

/** The folder that has all `parts` (files or folders), or undefined. */
export function findShared(parts = ['data', 'teachers']) {
  const places =
    process.env.DEBKD_SHARED === undefined ? [local('../../../shared'), DATA_FOLDER] : [process.env.DEBKD_SHARED];
  return places.find((folder) => parts.every((part) => existsSync(`${folder}/${part}`)));
}

/**
 * Functions that give a file's path and parsed JSON in the folder of data sets and teachers. Where there is none that has `parts`, prints one
 * line and exits with code 2.
 * @param {string} [sets] how `npm run data` gets the parts
 */
export function requireShared(parts = ['data', 'teachers'], sets = '') {
  const folder = findShared(parts);
  if (folder === undefined) {
    console.error(
      `data: no folder with ${parts.join(' and ')}, which the repository does not contain; \`npm run data${sets}\` fetches what may be copied into .data, and docs/data.md has the rest`,
    );
    process.exit(2);
  }
  const path = (name) => `${folder}/${name}`;
  return { path, json: (name) => JSON.parse(readFileSync(path(name), 'utf8')) };
}
