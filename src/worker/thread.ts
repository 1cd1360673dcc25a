// debkd/worker-thread: the thread of openWorker, with the whole library at hand.
import * as library from '../index.ts';
import { serve } from './serve.ts';

await serve(({ loadTeacher }) => ({ ...library, loadTeacher }));
