// A cluster as a simulation of events: a coordinator that makes tasks, a queue, workers that are not equal, a store that all share.
// Times are seconds; random numbers are seeded, so that a run can be had again.

/** mulberry32: for a simulation; nothing of debkd is drawn by it. */
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

/** A heap of [time, what]. */
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
 * @param make seconds of the coordinator for a task (reading, encoding, uploading)
 * @param queue seconds that Redis takes for a task, all of its commands
 * @param compute seconds of a worker for a task
 * @param bytes that a task moves, both ways; @param bandwidth of the store, bytes a second, shared by all
 * @param spread of compute times, the deviation of their logarithm; @param slow share of workers that take `times` as long
 * @param lost share of tasks whose worker dies in the middle; they are given to others after `silence`
 * @param window tasks in the queue at a time
 * @returns seconds until all is done, and which share of the workers' time was spent computing
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
  // Redis and the store serve one after the other
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
      // another worker starts in its place, and the task waits for the lock to run out
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

/** What the slowest of the four lets through, rows a second; without luck, spread or faults. */
export function bound({ workers, rows, make, queue, compute, bytes, bandwidth }) {
  const limits = { workers: workers / compute, coordinator: 1 / make, redis: 1 / queue, store: bandwidth / bytes };
  const [by, least] = Object.entries(limits).reduce((a, b) => (b[1] < a[1] ? b : a));
  return { by, rowsPerSecond: rows * least };
}
