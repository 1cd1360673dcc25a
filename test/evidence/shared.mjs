// Finds ../shared, the data sets and teachers behind the figures in the documentation. The repository does not contain them.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Functions that give a file's path and parsed JSON in ../shared. Where the folder is missing, prints one line and exits with code 2. */
export function requireShared() {
  const folder = fileURLToPath(new URL('../../../shared/', import.meta.url));
  if (!existsSync(`${folder}teachers`)) {
    console.error(
      `data: no folder ${folder} with data sets and teachers, which the repository does not contain; this command needs them to reproduce figures of the documentation`,
    );
    process.exit(2);
  }
  const path = (name) => `${folder}${name}`;
  return { path, json: (name) => JSON.parse(readFileSync(path(name), 'utf8')) };
}
