// Opens the service of an exported project in this process, without a server.
import { moduleUrl } from '../../src/deploy/shipped-module.ts';

/** The files of an export. */
export type Files = readonly { readonly path: string; readonly bytes: Uint8Array }[];

/** The text of a file; empty where there is none. */
export function fileText(files: Files, path: string): string {
  return new TextDecoder().decode(files.find((one) => one.path === path)?.bytes);
}

/** An answer of a service. */
export interface Answered {
  readonly status: number;
  readonly body: string;
}

/**
 * Imports a project's service with its modules.
 * @param change changes the text of src/config.js
 * @returns a call: with a value it posts JSON, otherwise it gets
 */
export async function openService(
  files: Files,
  change: (config: string) => string = (config) => config,
): Promise<(path: string, value?: unknown) => Promise<Answered>> {
  const urls = new Map([['./config.js', moduleUrl(change(fileText(files, 'src/config.js')))]]);
  const linked = (path: string): string =>
    [...urls].reduce((text, [name, url]) => text.replace(`'${name}'`, () => `'${url}'`), fileText(files, path));
  urls.set('./student.js', moduleUrl(fileText(files, 'src/student.js')));
  if (fileText(files, 'src/defer.js') !== '') urls.set('./defer.js', moduleUrl(linked('src/defer.js')));
  const { respond } = (await import(moduleUrl(linked('src/service.js')))) as {
    respond(request: object): Promise<Answered>;
  };
  return (path, value) =>
    respond({
      method: value === undefined ? 'GET' : 'POST',
      path,
      header: (name: string) => (name === 'content-type' ? 'application/json' : undefined),
      read: async () => new TextEncoder().encode(JSON.stringify(value)),
    });
}
