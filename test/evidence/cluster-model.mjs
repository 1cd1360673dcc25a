// A discrete-event simulation of a cluster: a coordinator that makes tasks, a queue in Redis, workers of different speed, one shared
// store. Times are in seconds. Seeded random numbers make runs repeatable.

/** The generator mulberry32. Only the simulation uses it. */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A priority queue of [time, event], as a binary heap. */
function openEvents() {
  const heap = [];
  const swap = (i, j) => {
    [heap[i], heap[j]] = [heap[j], heap[i]];
  };
  return {
    push(time, what) {
      heap.push([time, what]);
      for (let i = heap.length - 1; i > 0; ) {
        const up = (i - 1) >> 1;
        if (heap[up][0] <= heap[i][0]) break;
        swap(i, up);
        i = up;
      }
    },
    pop() {
      const [first] = heap;
      const last = heap.pop();
      if (heap.length > 0) {
        heap[0] = last;
        for (let i = 0; ; ) {
          const [l, r] = [2 * i + 1, 2 * i + 2];
          let least = i;
          if (l < heap.length && heap[l][0] < heap[least][0]) least = l;
          if (r < heap.length && heap[r][0] < heap[least][0]) least = r;
          if (least === i) break;
          swap(i, least);
          i = least;
        }
      }
      return first;
    },
    get size() {
      return heap.length;
    },
  };
}

/**
 * Simulates a run of `tasks` tasks on `workers` workers.
 * - make: the coordinator's time for a task (reading, encoding, uploading)
 * - queue: Redis's time for all commands of a task
 * - compute: a worker's time for a task
 * - bytes: what a task reads from and writes to the store; bandwidth: of the store, in bytes per second, shared by all
 * - spread: standard deviation of the logarithm of the compute times; default 0
 * - slow: share of workers that take `times` as long; default 0
 * - lost: share of tasks whose worker dies while computing; the task is given to another worker after `silence`; default 0
 * - window: the most tasks that are queued or running; default 1024
 * @returns the seconds until all tasks are done, and the share of the workers' time spent computing
 */
export function simulate({ workers, tasks, make, queue, compute, bytes, bandwidth, ...more }) {
  const { spread = 0, slow = 0, times = 1, lost = 0, silence = 8, window = 1024, seed = 1 } = more;
  const random = uniform(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const speed = Array.from({ length: workers }, () => (random() < slow ? times : 1));
  const events = openEvents();
  const waiting = [];
  const idle = Array.from({ length: workers }, (_, i) => i);
  let [made, open, done, clock, computing, redisFree, storeFree] = [0, 0, 0, 0, 0, 0, 0];
  // Redis and the store each serve one request at a time
  const redis = (at) => {
    redisFree = Math.max(at, redisFree) + queue;
    return redisFree;
  };
  const store = (at) => {
    storeFree = Math.max(at, storeFree) + bytes / bandwidth;
    return storeFree;
  };
  let making = false;
  const next = () => {
    if (making || made === tasks || open >= window) return;
    making = true;
    events.push(clock + make, { kind: 'made' });
  };
  const give = () => {
    while (idle.length > 0 && waiting.length > 0) {
      const worker = idle.pop();
      waiting.pop();
      const begins = store(redis(clock));
      const takes = compute * speed[worker] * Math.exp(spread * normal() - (spread * spread) / 2);
      if (random() < lost) {
        events.push(begins + takes * random(), { kind: 'lost', worker });
        continue;
      }
      computing += takes;
      events.push(begins + takes, { kind: 'done', worker });
    }
  };
  next();
  while (events.size > 0) {
    const [time, event] = events.pop();
    clock = time;
    if (event.kind === 'made') {
      making = false;
      made++;
      open++;
      waiting.push(1);
    } else if (event.kind === 'done') {
      done++;
      open--;
      idle.push(event.worker);
    } else if (event.kind === 'lost') {
      // the task waits until its lock expires; a new worker replaces the dead one
      events.push(clock + silence, { kind: 'again', worker: event.worker });
    } else {
      waiting.push(1);
      idle.push(event.worker);
    }
    next();
    give();
    if (done === tasks) break;
  }
  return { seconds: clock, busy: computing / (clock * workers) };
}

/** The throughput of the slowest part in rows per second, without spread or faults, and the part's name. */
export function bound({ workers, rows, make, queue, compute, bytes, bandwidth }) {
  const limits = { workers: workers / compute, coordinator: 1 / make, redis: 1 / queue, store: bandwidth / bytes };
  const [by, least] = Object.entries(limits).reduce((a, b) => (b[1] < a[1] ? b : a));
  return { by, rowsPerSecond: rows * least };
}
