// Which build of debkd this is: results are addressed by it, and only workers of the same one are given tasks.
import { VERSION } from '../version.ts';

declare const DEBKD_BUILD: string;

/** A digest of all sources, which the build puts in; where they run unbuilt, the version alone. */
export const BUILD: string = typeof DEBKD_BUILD === 'string' ? DEBKD_BUILD : `${VERSION}-unbuilt`;
