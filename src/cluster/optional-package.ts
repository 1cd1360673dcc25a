// Packages that only a cluster needs. Users of a cluster install them.
import { DebkdError } from '../io/errors.ts';

/**
 * @param subject what needs the package, for messages
 * @throws DebkdError `usage` if the package is not installed
 */
export async function importOptional<T>(load: () => Promise<T>, name: string, subject: string): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new DebkdError('usage', {
      subject,
      seen: `package ${name} is not installed`,
      remedy: `install it: npm install ${name}`,
      cause: error,
    });
  }
}
