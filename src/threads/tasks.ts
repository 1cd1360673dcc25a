// The tasks that threads run, by name.
import type { ThreadTask } from '../io/threads.ts';
import { fitMapsTask } from '../labels/fit-maps.ts';
import { evaluateTask } from '../metrics/evaluate-task.ts';
import { importanceTask } from '../report/importance.ts';
import { fitStudentTask } from '../student/fit-task.ts';

type Task = (shared: readonly never[], args: never, onNews: (news: unknown) => void) => Promise<unknown>;

const TASKS: Readonly<Record<ThreadTask['name'], Task>> = {
  'fit maps': ([rows], args, onNews) => fitMapsTask(rows as never, args, onNews),
  'fit student': (shared, args, onNews) => fitStudentTask(shared as never, args, onNews),
  importance: (shared, args, onNews) => importanceTask(shared as never, args, onNews),
  evaluate: (_, args) => evaluateTask(args),
};

/** Runs a task in this thread. @param onNews receives what it reports while it runs */
export function runTask({ name, shared, args }: ThreadTask, onNews: (news: unknown) => void): Promise<unknown> {
  return TASKS[name](shared as readonly never[], args as never, onNews);
}
