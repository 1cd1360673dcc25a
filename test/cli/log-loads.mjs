// A hook of Node that appends the address of each module that is loaded, in any thread, to the file LOADS.
import { appendFileSync } from 'node:fs';

export async function load(url, context, next) {
  appendFileSync(process.env.LOADS, `${url}\n`);
  return next(url, context);
}
