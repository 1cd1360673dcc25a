// The entry point for Vercel; vercel.json sends every path here.
import { handle } from '../src/fetch.js';

export default { fetch: handle };
