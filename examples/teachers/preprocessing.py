"""Writes scikit-learn's encoding of a table's columns as the JSON that debkd reads (--preprocessing).

    from preprocessing import to_json
    json.dump(to_json(columns), open("preprocessing.json", "w"))

`columns` is a ColumnTransformer of StandardScalers and OneHotEncoders over named columns, fitted on a pandas table. A missing number must become
the mean, as in debkd (SimpleImputer(strategy="mean") before the StandardScaler).
"""


def to_json(columns):
    encoded = []

    def add(**column):
        offset = encoded[-1]["offset"] + encoded[-1]["width"] if encoded else 0
        encoded.append({**column, "offset": offset})

    for _, step, names in columns.transformers_:
        if step == "drop":
            continue
        parts = [part for _, part in step.steps] if hasattr(step, "steps") else [step]
        kind = type(parts[-1]).__name__
        if kind == "StandardScaler":
            for name, mean, scale in zip(names, parts[-1].mean_, parts[-1].scale_):
                add(name=name, kind="numeric", transform="none", mean=float(mean), std=float(scale), width=1)
        elif kind == "OneHotEncoder":
            if parts[-1].drop_idx_ is not None:
                raise ValueError("OneHotEncoder(drop=...), expected one column per category")
            for name, categories in zip(names, parts[-1].categories_):
                add(name=name, kind="categorical", categories=[str(category) for category in categories], width=len(categories))
        else:
            raise ValueError(f"{kind}, expected StandardScaler or OneHotEncoder")
    return {"columns": encoded, "encodedWidth": encoded[-1]["offset"] + encoded[-1]["width"]}
