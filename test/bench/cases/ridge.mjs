// The time that `residual` takes for its path of penalties, compared with scikit-learn's logistic regression on such a path.
import { fitDebias } from '../../library.mjs';
import { denseRows } from '../data.mjs';

export function ridgeCases({ python }) {
  const { dataset, margins } = denseRows(30000, 108);
  const job = { work: 'ridge', rows: 30000, columns: 108, folds: 5, penalties: [3000, 1000, 300, 100, 30, 10, 3] };
  return [
    {
      name: 'residual over its path of penalties, 5 folds and all rows, 30,000 rows, 108 columns',
      once: true,
      ours: async () => {
        const started = performance.now();
        await fitDebias(margins, dataset, { method: 'residual', ablate: ['hinges'] });
        return performance.now() - started;
      },
      rivals: [{ against: 'scikit-learn, 5 folds', target: 1, run: python && (() => python.ask(job)) }],
    },
  ];
}
