// Files that an option names.
import { DebkdError } from '../io/errors.ts';

/** Adds the option's name to the error of a file that cannot be read. */
export async function readOptionFile<T>(name: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof DebkdError) || error.code !== 'source') throw error;
    throw new DebkdError('source', { subject: `option --${name}`, seen: error.message, cause: error });
  }
}
