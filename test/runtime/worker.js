// Runs conformance.js in an edge function. A request has the files in base64 as JSON; the response is the record.
import * as debkd from 'debkd';
import * as internals from 'debkd/internals';
import { conform } from './conformance.js';
import jpeg from './decode-jpeg.wasm';
import png from './decode-png.wasm';

export default {
  async fetch(request) {
    const files = Object.fromEntries(
      Object.entries(await request.json()).map(([name, text]) => [
        name,
        Uint8Array.from(atob(text), (c) => c.charCodeAt(0)),
      ]),
    );
    const answer = await conform({ ...debkd, ...internals }, files, { teacher: false, decoders: { jpeg, png } }).catch(
      (error) => ({
        error: String(error?.stack ?? error),
      }),
    );
    return new Response(JSON.stringify(answer));
  },
};
