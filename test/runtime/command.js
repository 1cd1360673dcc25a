// Runs distil.js in Node or Deno and prints its hashes as JSON.
import { readFile } from 'node:fs/promises';
import * as debkd from '../../dist/index.js';
import { distil } from './distil.js';

const names = ['wdbc/data.csv', 'wdbc/split.csv', 'wdbc/preprocessing.json', 'wdbc-mlp-biased/teacher.onnx'];
const files = {};
for (const name of names)
  files[name] = new Uint8Array(await readFile(new URL(`../../models/${name}`, import.meta.url)));
console.log(JSON.stringify(await distil(debkd, files)));
