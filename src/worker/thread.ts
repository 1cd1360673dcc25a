// debkd/worker-thread: the worker of openWorker, which serves the library.
import * as library from '../index.ts';
import { serve } from './serve.ts';

await serve(({ loadTeacher }) => ({ ...library, loadTeacher }));
