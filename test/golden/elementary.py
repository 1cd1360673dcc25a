"""Golden values of exp, log, log1p, tanh, sigmoid and softplus, by 50-digit decimal arithmetic, rounded once to float64."""
import json
import random
from decimal import Decimal, getcontext
from pathlib import Path

getcontext().prec = 50
random.seed(1)


def log1p(x):
    return (1 + Decimal(x)).ln()


def tanh(x):
    e = (Decimal(2) * Decimal(x)).exp()
    return (e - 1) / (e + 1)


def sigmoid(x):
    return 1 / (1 + (-Decimal(x)).exp())


def softplus(x):
    return (1 + Decimal(x).exp()).ln() if x < 100 else Decimal(x) + (-Decimal(x)).exp()


def spread(low, high, n):
    return [random.uniform(low, high) for _ in range(n)]


def scales(low, high, n):
    return [10 ** random.uniform(low, high) for _ in range(n)]


near = [1 + d for d in spread(-0.3, 0.5, 200)] + [1 + 2.0**-52, 1 - 2.0**-53, 0.5**0.5, 2**0.5]
cases = {
    "exp": (lambda x: Decimal(x).exp(), spread(-700, 709, 300) + spread(-1, 1, 200) + scales(-18, -1, 100)),
    "log": (lambda x: Decimal(x).ln(), scales(-300, 300, 300) + spread(0, 3, 200) + near),
    "log1p": (log1p, spread(-0.999, 3, 300) + scales(-17, 15, 200) + [-x for x in scales(-17, -0.01, 200)]),
    "tanh": (tanh, spread(-3, 3, 300) + spread(-0.02, 0.02, 200) + scales(-15, 1.5, 200)),
    "sigmoid": (sigmoid, spread(-40, 40, 300) + spread(-2, 2, 200) + scales(-15, 2.5, 200) + [-x for x in scales(-15, 2.5, 200)]),
    "softplus": (softplus, spread(-40, 40, 300) + spread(-2, 2, 200) + scales(-15, 2.5, 200) + [-x for x in scales(-15, 1.6, 200)]),
}
with open(Path(__file__).with_suffix(".json"), "w") as out:
    json.dump({name: [[x, float(f(x))] for x in xs] for name, (f, xs) in cases.items()}, out)
