# Golden answers of distributions of counts by SciPy: python3 test/golden/counts.py > test/golden/counts.json
import json

from scipy import stats
from scipy.special import gammaln

gamma = [{'x': x, 'value': float(gammaln(x))} for x in [0.5, 1, 1.5, 2, 7.25, 100, 1e4, 3e6]]
binomial = [
    {'k': k, 'n': n, 'p': p, 'value': float(stats.beta.cdf(1 - p, n - k, k + 1))}
    for n, k, p in [(1, 0, 0.3), (10, 3, 0.2), (200, 0, 0.02), (500, 4, 0.02), (9000, 1350, 0.157), (40000, 390, 0.01), (50.5, 2.25, 0.1)]
]
hypergeometric = [
    {'k': k, 'draws': n, 'population': 2 * n, 'successes': t, 'value': float(stats.hypergeom.cdf(k, 2 * n, t, n))}
    for n, k, t in [(10, 2, 6), (200, 0, 5), (1000, 12, 33), (9000, 1350, 2764), (30, 1, 31)]
]
bounds = [
    {'k': k, 'n': n, 'value': float(stats.beta.ppf(0.95, k + 1, n - k))}
    for k, n in [(0, 149), (3, 60), (130, 1000), (900, 9000)]
]
print(json.dumps({'gamma': gamma, 'binomial': binomial, 'hypergeometric': hypergeometric, 'bounds': bounds}, indent=1))
