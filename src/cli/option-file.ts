// Reads files that options name.
import { DebkdError } from '../io/errors.ts';

/** Adds the name of the option to the error of an unreadable file. @throws DebkdError `source` */
export async function readOptionFile<T>(name: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw error instanceof DebkdError && error.code === 'source' ? error.within(`option --${name}`) : error;
  }
}
