"""Writes the fitted preprocessing of scikit-learn as the JSON that debkd reads (--preprocessing).

    from preprocessing import to_json
    json.dump(to_json(columns), open("preprocessing.json", "w"))

`columns` is a ColumnTransformer, a Pipeline of one or more of them, or a transformer, fitted on a pandas table. It may contain SimpleImputer,
StandardScaler, MinMaxScaler, RobustScaler, OneHotEncoder, OrdinalEncoder, KBinsDiscretizer, PowerTransformer("yeo-johnson"),
FunctionTransformer(np.log1p), "passthrough" and "drop". Everything else is refused. Columns that pandas made before them:

    to_json(columns, maps={"owner": {"yes": 1, "no": 0}},                    # table["owner"].map({"yes": 1, "no": 0})
            derived={"joined year": ("joined", {"date": "year"}),            # pd.to_datetime(table["joined"]).dt.year
                     "age missing": ("age", {"missing": True})})             # table["age"].isna()
"""
import numpy as np


def to_json(columns, names=None, maps={}, derived={}):
    """names: the table's columns, where the transformer was fitted on a plain array"""
    names = list(getattr(columns, "feature_names_in_", names if names is not None else []))
    if not names:
        raise ValueError("the transformer was fitted without column names: fit it on a pandas table, or give names")
    start = {}
    for name in names:
        raw, first = derived.get(name, (name, None))
        start[name] = Column(str(raw), ([first] if first else []) + ([pairs(maps[name])] if name in maps else []))
    encoded, offset = [], 0
    for column in transform(columns, [start[name] for name in names], names):
        encoded.append({"name": column.name, "steps": counted(column.steps), "offset": offset, "width": column.width})
        offset += column.width
    return {"columns": plain(encoded), "encodedWidth": offset}


class Column:
    """One column on its way: the raw column's name, the steps so far, the width at the end."""

    def __init__(self, name, steps=(), width=1):
        self.name, self.steps, self.width = name, list(steps), width

    def then(self, *steps, width=1):
        if self.width != 1 or (self.steps and "oneHot" in self.steps[-1]):
            raise ValueError(f"column {self.name!r}: a step after OneHotEncoder")
        return Column(self.name, self.steps + list(steps), width)


def transform(transformer, columns, names):
    """The columns that a fitted transformer makes of these columns, in its order."""
    kind = type(transformer).__name__
    if kind == "Pipeline":
        for _, step in transformer.steps:
            columns = transform(step, columns, names)
            names = None  # scikit-learn's own names of the columns between two steps are not needed
        return columns
    if kind == "ColumnTransformer":
        made = []
        for _, step, chosen in transformer.transformers_:
            if isinstance(step, str) and step == "drop":
                continue
            found = pick(columns, chosen, names)
            made += transform(step, found, None) if found else []
        return made
    if transformer is None or (isinstance(transformer, str) and transformer == "passthrough"):
        return columns
    if hasattr(transformer, "predict"):
        raise ValueError(f"{kind} is a model, expected what is before it: give pipeline[:-1]")
    if kind not in WRITERS:
        raise ValueError(f"{kind}: no step of debkd says what it does; the file can have {', '.join(sorted(WRITERS))}")
    return WRITERS[kind](transformer, columns)


def pick(columns, chosen, names):
    if isinstance(chosen, str) or np.ndim(chosen) == 0:
        chosen = [chosen]
    if isinstance(chosen, slice):
        chosen = list(range(len(columns)))[chosen]
    chosen = list(chosen)
    if len(chosen) == len(columns) and all(isinstance(one, (bool, np.bool_)) for one in chosen):
        chosen = [i for i, one in enumerate(chosen) if one]
    if any(isinstance(one, str) for one in chosen):
        if names is None:
            raise ValueError("a ColumnTransformer inside a pipeline that names columns, expected their numbers")
        chosen = [names.index(one) for one in chosen]
    return [columns[int(i)] for i in chosen]


def imputer(step, columns):
    if getattr(step, "missing_values", np.nan) is not None and step.missing_values == step.missing_values:
        raise ValueError(f"SimpleImputer(missing_values={step.missing_values!r}), expected nan; list other spellings in \"missing\"")
    names = {"mean": "mean", "median": "median", "most_frequent": "most frequent", "constant": "constant"}
    made = []
    for column, value in zip(columns, step.statistics_):
        if value is None or value != value:
            if not getattr(step, "keep_empty_features", False):
                continue  # a column without any value is left out
            value = 0
        made.append(column.then({"impute": names[step.strategy], "value": number_or_text(value)}))
    if step.add_indicator:
        made += [columns[i].then({"missing": True}) for i in step.indicator_.features_]
    return made


def standard(step, columns):
    means = step.mean_ if step.with_mean else np.zeros(len(columns))
    scales = step.scale_ if step.with_std else np.ones(len(columns))
    return [c.then({"standardise": {"mean": mean, "std": scale}}) for c, mean, scale in zip(columns, means, scales)]


def min_max(step, columns):
    low, high = step.feature_range
    made = []
    for column, least, scale in zip(columns, step.data_min_, step.scale_):
        width = (high - low) / scale  # scikit-learn takes 1 for a constant column
        steps = [{"minMax": {"min": least, "max": least + width, "range": [low, high]}}]
        made.append(column.then(*steps, *([{"clip": [low, high]}] if step.clip else [])))
    return made


def robust(step, columns):
    centres = step.center_ if step.with_centering else np.zeros(len(columns))
    scales = step.scale_ if step.with_scaling else np.ones(len(columns))
    return [c.then({"robust": {"centre": centre, "scale": scale}}) for c, centre, scale in zip(columns, centres, scales)]


def one_hot(step, columns):
    made = []
    infrequent = getattr(step, "infrequent_categories_", [None] * len(columns))
    drops = step.drop_idx_ if step.drop_idx_ is not None else [None] * len(columns)
    for column, categories, rare, drop in zip(columns, step.categories_, infrequent, drops):
        values = [number_or_text(value) for value in categories]
        if rare is not None and len(rare):
            if drop is not None:
                raise ValueError(f"OneHotEncoder: column {column.name!r} has drop and infrequent categories; use one of them")
            made.append(grouped(step, column, values, [number_or_text(value) for value in rare]))
            continue
        inner = {"categories": values, **({} if drop is None else {"drop": values[drop]})}
        width = len(values) - (drop is not None)
        if width > 0:  # a column whose only category is dropped has none
            made.append(column.then({"oneHot": inner}, width=width))
    return made


def grouped(step, column, values, rare):
    """Infrequent categories share the last place."""
    kept = [value for value in values if value not in rare]
    width = len(kept) + 1
    if step.handle_unknown == "infrequent_if_exist":
        return column.then({"oneHot": {"categories": kept, "other": "infrequent"}}, width=width)
    if any(not isinstance(value, str) for value in values):
        raise ValueError(f"OneHotEncoder: column {column.name!r} has infrequent categories and numbers or missing values; use handle_unknown='infrequent_if_exist'")
    group = "infrequent"
    while group in values:
        group += "_"
    mapped = {"map": [[value, value] for value in kept] + [[value, group] for value in rare], "otherwise": None}
    return column.then(mapped, {"oneHot": {"categories": kept + [group]}}, width=width)


def ordinal(step, columns):
    made = []
    for column, categories in zip(columns, step.categories_):
        values = [number_or_text(value) for value in categories]
        found = {"ordinal": [value for value in values if value is not None]}
        missing = getattr(step, "encoded_missing_value", np.nan)
        if None in values and missing == missing:
            found["missing"] = missing
        if step.handle_unknown == "use_encoded_value":
            found["otherwise"] = None if step.unknown_value != step.unknown_value else step.unknown_value
        made.append(column.then(found))
    return made


def bins(step, columns):
    made = []
    for column, edges in zip(columns, step.bin_edges_):
        edges = edges if np.isfinite(edges).all() else [0, 1]  # a constant column: one bin
        binned = column.then({"bin": {"edges": edges}})
        if step.encode == "ordinal":
            made.append(binned)
        else:
            places = list(range(len(edges) - 1))
            made.append(binned.then({"oneHot": {"categories": places}}, width=len(places)))
    return made


def power(step, columns):
    if step.method != "yeo-johnson":
        raise ValueError(f"PowerTransformer({step.method!r}), expected 'yeo-johnson'")
    made = [c.then({"yeoJohnson": {"lambda": of}}) for c, of in zip(columns, step.lambdas_)]
    return standard(step._scaler, made) if step.standardize else made


def function(step, columns):
    if step.func is None:
        return columns
    if step.func is not np.log1p:
        raise ValueError(f"FunctionTransformer({getattr(step.func, '__name__', step.func)}), expected np.log1p")
    return [column.then({"log1p": True}) for column in columns]


WRITERS = {
    "SimpleImputer": imputer, "StandardScaler": standard, "MinMaxScaler": min_max, "RobustScaler": robust, "OneHotEncoder": one_hot,
    "OrdinalEncoder": ordinal, "KBinsDiscretizer": bins, "PowerTransformer": power, "FunctionTransformer": function,
}


def pairs(mapping):
    """A pandas map as a step: unlisted values are missing, as Series.map makes them."""
    return {"map": [[number_or_text(a), number_or_text(b)] for a, b in mapping.items()], "otherwise": None}


def counted(steps):
    """Where an imputer follows, unlisted values are missing without "otherwise"; debkd then counts them in its notes."""
    imputed = [i for i, step in enumerate(steps) if "impute" in step]
    return [{key: value for key, value in step.items() if not (key == "otherwise" and value is None and any(i < j for j in imputed))}
            for i, step in enumerate(steps)]


def number_or_text(value):
    if value is None or value != value:
        return None
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))  # as pandas writes it to a file
    return float(value) if isinstance(value, (int, float, np.number)) else str(value)


def plain(value):
    """The value with Python's own numbers; whole ones without a fraction."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        number = float(value)
        return int(number) if number.is_integer() and abs(number) < 2**53 else number
    return value
