// Runs conformance.js on a host with a command line and prints the record as JSON.
import * as debkd from '../../dist/index.js';
import * as internals from '../../dist/internals.js';
import { conform } from './conformance.js';
import { readFiles } from './files.mjs';

console.log(JSON.stringify(await conform({ ...debkd, ...internals }, readFiles())));
