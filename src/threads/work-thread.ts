// The program of a thread of open-threads.ts: runs one task at a time, and keeps the shared objects of the last.

import { packError } from '../io/packed-error.ts';
import type { ThreadMessage } from '../io/thread.ts';
import { openPort } from '../io/thread-port.ts';
import type { TaskReply, TaskRequest } from './messages.ts';
import { runTask } from './tasks.ts';

const port = await openPort<TaskRequest, ThreadMessage<TaskReply, unknown>>();
let kept = new Map<number, object>();

async function answer({ name, args, shared, fresh }: TaskRequest): Promise<TaskReply> {
  const received = new Map(fresh);
  kept = new Map(shared.map((number) => [number, (received.get(number) ?? kept.get(number)) as object]));
  try {
    const task = { name, args, shared: shared.map((number) => kept.get(number) as object) };
    return { value: await runTask(task, (news) => port.postMessage({ news }, [])) };
  } catch (error) {
    return { error: packError(error) };
  }
}

port.listen(async (request) => port.postMessage({ reply: await answer(request) }, []));
port.postMessage({ listens: true }, []);
