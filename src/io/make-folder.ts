// Folders, made with those above them.
import { dirname, fsPromises } from './node.ts';

/** A folder and those above it. mkdir's own `recursive` never ends where the system denies that the parent is there, as in /proc. */
export async function makeFolder(path: string): Promise<void> {
  const { mkdir } = await fsPromises();
  const parent = await dirname(path);
  const make = (): Promise<unknown> =>
    mkdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  await make().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' || parent === path) throw error;
    await makeFolder(parent);
    await make();
  });
}
