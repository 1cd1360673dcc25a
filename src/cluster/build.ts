// The build of debkd. It is part of the keys of results and of the names of queues: only workers of the same build get a coordinator's
// tasks.
import { VERSION } from '../version.ts';

declare const DEBKD_BUILD: string;

/** A digest of all sources, which the build inserts. Without a build: the version. */
export const BUILD: string = typeof DEBKD_BUILD === 'string' ? DEBKD_BUILD : `${VERSION}-unbuilt`;
