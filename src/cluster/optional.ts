// Packages that only a cluster needs, and that are installed by whoever has one.
import { DebkdError } from '../io/errors.ts';

/** @throws DebkdError `usage` where it is not installed */
export async function optional<T>(load: () => Promise<T>, name: string, what: string): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new DebkdError('usage', `${what}: the package ${name} is not installed; npm install ${name}`);
  }
}
