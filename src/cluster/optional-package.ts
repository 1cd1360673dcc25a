// Packages that only a cluster needs; who runs one installs them.
import { DebkdError } from '../io/errors.ts';

/** @throws DebkdError `usage` where the package is not installed */
export async function importOptional<T>(load: () => Promise<T>, name: string, subject: string): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new DebkdError('usage', {
      subject: subject,
      seen: `the package ${name} is not installed`,
      remedy: `npm install ${name}`,
    });
  }
}
