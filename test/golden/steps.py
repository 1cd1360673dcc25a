"""Preprocessings with steps, as examples/teachers/preprocessing.py writes them, and scikit-learn's own encoding of the same rows.

    python3 steps.py > steps.json        the golden answers: tables of 40 rows
    python3 steps.py FOLDER              for each case: rows.csv, preprocessing.json, teacher.onnx and probabilities.json of a whole pipeline
    python3 steps.py shared DATA.csv     encodings of the first 3000 rows of a real table
"""
import json
import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (FunctionTransformer, KBinsDiscretizer, MinMaxScaler, OneHotEncoder, OrdinalEncoder, PowerTransformer,
                                   RobustScaler, StandardScaler)

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples/teachers"))
from preprocessing import to_json

CLASSES = ["third", "second", "first"]
YES_NO = {"yes": 1, "no": 0}


def passengers(rows, seed):
    """A table as titanic's, with missing values, yes and no, ordered words and dates."""
    rng = np.random.default_rng(seed)
    pick = lambda values, p=None: rng.choice(values, rows, p=p)
    table = pd.DataFrame({
        "age": np.round(rng.gamma(6, 5, rows), 1), "fare": np.round(rng.lognormal(3, 1, rows), 2), "class": pick(CLASSES, [0.5, 0.3, 0.2]),
        "alone": pick(["yes", "no"], [0.6, 0.4]), "port": pick(["S", "C", "Q", "NA"], [0.6, 0.25, 0.1, 0.05]),
        "siblings": rng.poisson(0.6, rows), "balance": np.round(rng.normal(0, 300, rows), 2),
        "born": pd.to_datetime(rng.integers(-9000, 9000, rows), unit="D").strftime("%d.%m.%Y"),
        "seen": pd.to_datetime(rng.integers(1.2e9, 1.6e9, rows), unit="s").strftime("%Y-%m-%d %H:%M:%S"),
    })
    for name, share in [("age", 0.2), ("fare", 0.05), ("class", 0.1), ("alone", 0.1), ("balance", 0.1)]:
        table.loc[rng.random(rows) < share, name] = np.nan
    score = (table["class"].map({"third": -0.7, "second": 0.2, "first": 1.3}).fillna(0) - 0.02 * table["age"].fillna(30)
             + 0.3 * np.log1p(table["fare"].fillna(20)) - 0.4 * (table["alone"] == "yes") + 0.0005 * table["balance"].fillna(0))
    table["label"] = (score + rng.normal(0, 0.7, rows) > 0.2).astype(int)
    return table


def titanic(table):
    """Imputed, ordered words then scaled, yes and no by pandas."""
    table = table.assign(alone=table["alone"].map(YES_NO))
    columns = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), ["age", "fare"]),
        ("words", make_pipeline(SimpleImputer(strategy="most_frequent"), OrdinalEncoder(categories=[CLASSES]), MinMaxScaler()), ["class"]),
        ("flags", SimpleImputer(strategy="most_frequent"), ["alone"]),
        ("port", OneHotEncoder(handle_unknown="ignore"), ["port"]),
        ("rest", "passthrough", ["siblings"])])
    return table, columns, {"maps": {"alone": YES_NO}}


def incomes(table):
    """Skewed numbers, by log1p and by a power."""
    columns = ColumnTransformer([
        ("log", make_pipeline(SimpleImputer(strategy="mean"), FunctionTransformer(np.log1p), RobustScaler()), ["fare"]),
        ("power", make_pipeline(SimpleImputer(strategy="constant", fill_value=0), PowerTransformer()), ["balance", "age"]),
        ("raw power", PowerTransformer(standardize=False), ["siblings"]),
        ("class", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2), ["class"])])
    return table, columns, {}


def binned(table):
    """Bins and one-hot columns with the first dropped, and parts of dates."""
    born, seen = pd.to_datetime(table["born"], format="%d.%m.%Y"), pd.to_datetime(table["seen"])
    table = table.assign(**{"born year": born.dt.year, "seen weekday": seen.dt.weekday, "seen hour": seen.dt.hour, "seen month": seen.dt.month,
                            "born day": born.dt.day, "days": (seen - pd.Timestamp("2010-01-31")).dt.days, "age missing": table["age"].isna().astype(int)})
    columns = ColumnTransformer([
        ("bins", make_pipeline(SimpleImputer(strategy="mean"), KBinsDiscretizer(4, encode="onehot-dense")), ["age"]),
        ("codes", make_pipeline(SimpleImputer(strategy="mean"), KBinsDiscretizer(3, encode="ordinal", strategy="uniform")), ["fare"]),
        ("class", OneHotEncoder(drop="first", sparse_output=False), ["class"]),
        ("siblings", OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=4, sparse_output=False), ["siblings"]),
        ("port", make_pipeline(SimpleImputer(strategy="constant", fill_value="none"), OneHotEncoder(drop="if_binary", min_frequency=0.06, sparse_output=False)), ["port"]),
        ("parts", MinMaxScaler((-1, 1), clip=True), ["born year", "seen month", "born day", "seen weekday", "seen hour"]),
        ("rest", StandardScaler(), ["days"]), ("flag", "passthrough", ["age missing"])])
    dates = {"born year": ("born", "year"), "born day": ("born", "day"), "seen weekday": ("seen", "weekday"), "seen month": ("seen", "month"),
             "seen hour": ("seen", "hour"), "days": ("seen", "daysSince")}
    step = lambda raw, part: {"date": part, **({"format": "DD.MM.YYYY"} if raw == "born" else {"format": "YYYY-MM-DD HH:mm:ss"}),
                              **({"since": "2010-01-31"} if part == "daysSince" else {})}
    return table, columns, {"derived": {**{name: (raw, step(raw, part)) for name, (raw, part) in dates.items()}, "age missing": ("age", {"missing": True})}}


CASES = {"titanic": titanic, "incomes": incomes, "binned": binned}
# texts such as NA are values here: only empty fields are missing
MISSING = {"missing": []}


def fitted(case, table):
    made, columns, options = CASES[case](table)
    columns.sparse_threshold = 0
    encoded = np.asarray(columns.fit_transform(made.drop(columns="label")), float)
    return made, columns, encoded, {**to_json(columns, **options), **MISSING}


def golden():
    out = []
    for case in CASES:
        table = passengers(40, 5)
        _, _, encoded, preprocessing = fitted(case, table)
        out.append({"case": case, "csv": table.to_csv(index=False), "preprocessing": preprocessing, "encoded": encoded.tolist()})
    return out


def pipelines(folder):
    import onnx
    from sklearn_to_onnx import to_onnx
    models = {"titanic": LogisticRegression(max_iter=2000), "incomes": MLPClassifier((8,), max_iter=400, random_state=1), "binned": LogisticRegression(max_iter=2000)}
    for case, model in models.items():
        os.makedirs(f"{folder}/{case}")
        table = passengers(1500, 7)
        _, _, encoded, preprocessing = fitted(case, table)
        model.fit(encoded, table["label"])
        table.to_csv(f"{folder}/{case}/rows.csv", index=False)
        onnx.save(to_onnx(model), f"{folder}/{case}/teacher.onnx")
        Path(f"{folder}/{case}/preprocessing.json").write_text(json.dumps(preprocessing))
        Path(f"{folder}/{case}/probabilities.json").write_text(json.dumps(model.predict_proba(encoded)[:, 1].tolist()))


def shared(path):
    """Every step that fits, on the first rows of a real table: numbers in turn by six transformers, texts by three."""
    # as debkd reads it: only empty fields are missing
    table = pd.read_csv(path, keep_default_na=False, na_values=[""], nrows=3000).drop(columns="label")
    numbers = make_column_selector(dtype_include=np.number)(table)
    texts = [name for name in table.columns if name not in numbers]
    impute = lambda strategy: SimpleImputer(strategy=strategy, add_indicator=strategy == "median")
    ways = [
        lambda: make_pipeline(impute("median"), StandardScaler()), lambda: make_pipeline(impute("mean"), MinMaxScaler((-1, 1))),
        lambda: make_pipeline(impute("most_frequent"), RobustScaler()), lambda: make_pipeline(impute("mean"), PowerTransformer()),
        lambda: make_pipeline(impute("median"), KBinsDiscretizer(5, encode="onehot-dense")), lambda: make_pipeline(impute("mean"), KBinsDiscretizer(7, encode="ordinal")),
        lambda: make_pipeline(impute("mean"), MinMaxScaler(), FunctionTransformer(np.log1p))]
    lists = [
        lambda: OneHotEncoder(handle_unknown="ignore", drop="first", sparse_output=False), lambda: make_pipeline(SimpleImputer(strategy="most_frequent"), OrdinalEncoder(), StandardScaler()),
        lambda: OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=50, sparse_output=False), lambda: OneHotEncoder(min_frequency=30, handle_unknown="infrequent_if_exist", sparse_output=False)]
    columns = ColumnTransformer(
        [(f"n{i}", ways[i % len(ways)](), [name]) for i, name in enumerate(numbers[:-1])]
        + [(f"t{i}", lists[i % len(lists)](), [name]) for i, name in enumerate(texts)], remainder="passthrough", sparse_threshold=0)
    encoded = columns.fit_transform(table)
    return {"csv": table.to_csv(index=False), "preprocessing": {**to_json(columns), **MISSING}, "encoded": np.asarray(encoded, float).tolist()}


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(shared(sys.argv[2])))
    elif len(sys.argv) == 2:
        pipelines(sys.argv[1])
    else:
        print(json.dumps(golden()))
