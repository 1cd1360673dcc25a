// Creates folders with their parents.
import { dirname, fsPromises } from './node.ts';

/**
 * Creates a folder and its parents. The `recursive` of fs.mkdir never ends where the system denies that the parent
 * exists, as in /proc.
 */
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
