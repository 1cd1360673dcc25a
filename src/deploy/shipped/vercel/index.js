// Vercel's edge runtime. vercel.json sends every path here.
import { handle } from '../src/fetch.js';

export const config = { runtime: 'edge' };

export default handle;
