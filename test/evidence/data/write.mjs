// Writes files so that a killed run leaves none half-written: into a temporary file beside it, flushed to disk, then renamed.
import fs from 'node:fs';
import { basename, dirname, join } from 'node:path';

export function writeWhole(path, bytes) {
  const folder = dirname(path);
  fs.mkdirSync(folder, { recursive: true });
  // what a killed run left
  for (const name of fs.readdirSync(folder))
    if (name.startsWith(`.${basename(path)}.tmp`)) fs.rmSync(join(folder, name), { force: true });
  const temporary = join(folder, `.${basename(path)}.tmp${process.pid}`);
  const file = fs.openSync(temporary, 'w');
  try {
    fs.writeFileSync(file, bytes);
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
  fs.renameSync(temporary, path);
}
