// The entry point for Cloudflare Workers.
import { handle } from './fetch.js';

export default { fetch: handle };
