// debkd/worker-thread: the program of the workers that openWorker starts. It serves the library.
import * as library from '../index.ts';
import { serve } from './serve.ts';

await serve(({ loadTeacher }) => ({ ...library, loadTeacher }));
