// The entry point for Deno and Deno Deploy.
import { handle } from './src/fetch.js';

const port = Number(Deno.env.get('PORT') ?? 8000);
const hostname = Deno.env.get('HOST') ?? '127.0.0.1';
Deno.serve({ port, hostname }, handle);
