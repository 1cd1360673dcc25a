// Writes files so that a killed run leaves none half-written: into a temporary file next to it, flushed to disk, then renamed.
import fs from 'node:fs';
import { basename, dirname, join } from 'node:path';

export function writeWhole(path, bytes) {
  const folder = dirname(path);
  fs.mkdirSync(folder, { recursive: true });
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

/** Removes the temporary files that killed runs left in a folder, and none of a run that goes on. */
export function removeLeftovers(folder) {
  if (!fs.existsSync(folder)) return;
  for (const name of fs.readdirSync(folder, { recursive: true })) {
    const [, id] = /^\..+\.tmp(\d+)$/.exec(basename(name)) ?? [];
    if (id !== undefined && !isRunning(Number(id))) fs.rmSync(join(folder, name), { force: true });
  }
}

function isRunning(id) {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
