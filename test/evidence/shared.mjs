// The folder of data sets and teachers that the figures of the documentation are printed from: beside the project, in no clone.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where it is. Ends the program with one line where it is absent. */
export function requireShared() {
  const folder = fileURLToPath(new URL('../../../shared/', import.meta.url));
  if (!existsSync(`${folder}teachers`)) {
    console.error(
      `data: no folder ${folder} with data sets and teachers, which are not part of a clone; this command prints figures of the documentation again and needs them`,
    );
    process.exit(2);
  }
  const path = (name) => `${folder}${name}`;
  return { path, json: (name) => JSON.parse(readFileSync(path(name), 'utf8')) };
}
