// Runs asynchronous work on many items, a few at a time, and gives the results in order.

/**
 * Maps items in order; at most `limit` run at a time. The first item that fails, in order, rejects.
 * @param work starts one item
 */
export async function* mapInOrder<T, U>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<U>,
): AsyncGenerator<U> {
  const running: Promise<PromiseSettledResult<U>>[] = [];
  const take = async (): Promise<U> => {
    const result = await (running.shift() as (typeof running)[number]);
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  };
  for (const item of items) {
    running.push(Promise.allSettled([work(item)]).then(([result]) => result));
    if (running.length >= limit) yield take();
  }
  while (running.length > 0) yield take();
}
