// Runs conformance.js in a function at the edge: files come in as JSON of base64, the record goes out.
import * as debkd from 'debkd';
import * as internals from 'debkd/internals';
import { conform } from './conformance.js';

export default {
  async fetch(request) {
    const files = Object.fromEntries(
      Object.entries(await request.json()).map(([name, text]) => [
        name,
        Uint8Array.from(atob(text), (c) => c.charCodeAt(0)),
      ]),
    );
    const answer = await conform({ ...debkd, ...internals }, files, { teacher: false }).catch((error) => ({
      error: String(error?.stack ?? error),
    }));
    return new Response(JSON.stringify(answer));
  },
};
