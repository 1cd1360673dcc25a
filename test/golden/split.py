"""Golden values for splits by time, by pandas. python3 split.py > split.json"""
import json
import sys

import numpy as np
import pandas as pd

rng = np.random.RandomState(11)


def nanoseconds(text, dayfirst=False):
    stamp = pd.to_datetime(text, dayfirst=dayfirst)
    return str(stamp.tz_convert("UTC").value if stamp.tzinfo else stamp.value)


ISO = [
    "1970-01-01", "1969-12-31", "2000-02-29", "1900-03-01", "1896-02-29", "2100-03-01", "1678-01-01", "2261-12-31",
    "2024-02-29T23:59:59", "2024-02-29 23:59", "2023-12-31T23:59:59.999999999", "2024-01-01T00:00:00.5",
    "2024-01-01 00:00:00.123456", "2024-07-01T12:00:00Z", "2024-07-01T12:00:00+02:00", "2024-07-01 12:00:00-0330",
    "2024-07-01T00:30:00+05:30", "2024-12", "1999-12-31T23:59:59.000000001Z",
]
DOTTED = ["31.12.2024", "1.2.2024", "29.02.2000", "13.01.1999 08:05", "28.02.2100 23:59:59"]


def parts(times, shares):
    """Rows by the middle of their rank among all rows; equal times have the same average rank."""
    middle = times.rank(method="average") - 0.5
    n, (a, b, c) = len(times), shares
    total = a + b + c
    names = np.where(middle < a / total * n, "t", np.where(middle < (a + b) / total * n, "v", "s"))
    return "".join(names)


def case(texts, shares, **options):
    times = pd.to_datetime(pd.Series(texts), **options) if options.pop("date", True) else pd.Series(texts)
    return {"texts": [str(text) for text in texts], "shares": shares, "parts": parts(times, shares)}


days = pd.Timestamp("2021-11-05") + pd.to_timedelta(rng.randint(0, 90, 300), unit="D")
moments = pd.Timestamp("2024-02-28 23:00:00") + pd.to_timedelta(rng.randint(0, 10**14, 200), unit="ns")
zones = [f"2024-03-31T{h:02d}:{m:02d}:00{z}" for h, m, z in zip(rng.randint(0, 24, 150), rng.randint(0, 60, 150), rng.choice(["Z", "+01:00", "-08:00"], 150))]
numbers = np.round(rng.normal(size=250) * 50, 1)
cases = {
    "days with ties": case(list(days.strftime("%Y-%m-%d")), [60, 20, 20]),
    "the same days, day first": case(list(days.strftime("%d.%m.%Y")), [60, 20, 20], dayfirst=True),
    "nanoseconds": case([t.isoformat() for t in moments], [70, 15, 15]),
    "time zones": {"texts": zones, "shares": [50, 25, 25], "parts": parts(pd.to_datetime(pd.Series(zones), utc=True), [50, 25, 25])},
    "numbers": {"texts": [str(x) for x in numbers], "shares": [0.8, 0.1, 0.1], "parts": parts(pd.Series(numbers), [0.8, 0.1, 0.1])},
    "no test part": case(list(days.strftime("%Y-%m-%d")), [75, 25, 0]),
}
json.dump(
    {
        "versions": {"pandas": pd.__version__},
        "iso": [[text, nanoseconds(text)] for text in ISO],
        "dotted": [[text, nanoseconds(text, dayfirst=True)] for text in DOTTED],
        "cases": cases,
    },
    sys.stdout,
)
print()
