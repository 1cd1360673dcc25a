// Lets the tests import wasm modules in Node as Workers do.
import { register } from 'node:module';

const hooks = `
const source = 'import { readFileSync } from "node:fs";' +
  'export default new WebAssembly.Module(readFileSync(new URL(import.meta.url)));';
export async function load(url, context, next) {
  return url.endsWith('.wasm') ? { format: 'module', shortCircuit: true, source } : next(url, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
