"""Writes data.csv, split.csv and preprocessing.json to this folder, from scikit-learn's copy of WDBC.

Needs python3-sklearn. Label 1 is malignant (scikit-learn has it the other way round). In split.csv the rows marked
`unused` are those the teachers are trained on: distillation and measurement use the other three parts.
"""
import csv
import json
import os

import numpy as np
from sklearn.datasets import load_breast_cancer

HERE = os.path.dirname(os.path.abspath(__file__))
TEACHER, TRAIN, VALIDATION = 120, 200, 120  # and the rest is the test part


def main():
    wdbc = load_breast_cancer()
    names = [name.replace(" ", "_") for name in wdbc.feature_names]
    labels = 1 - wdbc.target
    with open(os.path.join(HERE, "data.csv"), "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names + ["label"])
        for row, label in zip(wdbc.data, labels):
            writer.writerow([repr(float(x)) for x in row] + [int(label)])

    rows = len(labels)
    order = np.random.default_rng(20241).permutation(rows)
    part = np.full(rows, "test", dtype=object)
    part[order[:TEACHER]] = "unused"
    part[order[TEACHER:TEACHER + TRAIN]] = "train"
    part[order[TEACHER + TRAIN:TEACHER + TRAIN + VALIDATION]] = "validation"
    with open(os.path.join(HERE, "split.csv"), "w") as file:
        file.write("split\n" + "\n".join(part) + "\n")

    known = wdbc.data[part == "unused"]
    columns = [
        {"name": name, "kind": "numeric", "transform": "none", "mean": float(known[:, j].mean()),
         "std": float(known[:, j].std()), "offset": j, "width": 1}
        for j, name in enumerate(names)
    ]
    with open(os.path.join(HERE, "preprocessing.json"), "w") as file:
        json.dump({"clip": 10.0, "columns": columns, "encodedWidth": len(names)}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
