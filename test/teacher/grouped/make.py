"""ONNX teachers whose inputs take several columns each, and their margins by numpy in float64. python3 make.py

Needs python3-onnx and python3-numpy. rows.csv also holds an identifier and a date, which no teacher takes.
"""
import csv
import json
import os

import numpy as np
from onnx import TensorProto as T
from onnx import helper, numpy_helper, save

HERE = os.path.dirname(os.path.abspath(__file__))
ML = "ai.onnx.ml"
random = np.random.RandomState(5)
COUNT = 120
age = random.randint(18, 70, COUNT)
hours = random.randint(1, 60, COUNT)
pay = np.round(random.normal(30, 8, COUNT), 2)
colour = random.choice(["red", "blue"], COUNT)
city = random.choice(["rome", "oslo", "łódź"], COUNT)
shift = random.randint(0, 3, COUNT)
numbers = np.stack([age, hours, pay], 1).astype(np.float32).astype(np.float64)
W = np.array([0.05, -0.03, 0.08])
COLOURS, CITIES = {"red": 0.7, "blue": -0.4}, {"rome": 0.2, "oslo": -0.9, "łódź": 1.1}
SHIFTS = [0.5, -0.25, 0.125]
base = numbers @ W - 4
of_texts = np.array([COLOURS[a] + CITIES[b] for a, b in zip(colour, city)])
of_codes = np.array([SHIFTS[k] for k in shift])
truth = (base + of_texts + of_codes + random.normal(size=COUNT) > 0).astype(int)
expected = {}


def value(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, list(shape))


def weight(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def write(name, inputs, nodes, weights, margins):
    graph = helper.make_graph(nodes, "g", inputs, [value("logit", T.FLOAT, ("N", 1))], weights)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(ML, 3)]
    save(helper.make_model(graph, opset_imports=opsets, ir_version=8), os.path.join(HERE, name + ".onnx"))
    expected[name] = [float(v) for v in margins]


def linear(x, width, to, bias=-4.0, w=W):
    return [helper.make_node("Gemm", [x, "w", "b"], [to])], [weight("w", np.asarray(w, np.float32).reshape(width, 1)), weight("b", np.array([bias], np.float32))]


def encoder(k, categories):
    """Column k of the texts, one-hot encoded; an unknown text is an error, as in scikit-learn."""
    names = list(categories)
    return ([helper.make_node("ArrayFeatureExtractor", ["texts", f"at{k}"], [f"text{k}"], domain=ML),
             helper.make_node("OneHotEncoder", [f"text{k}"], [f"one{k}"], domain=ML, cats_strings=names, zeros=0),
             helper.make_node("Reshape", [f"one{k}", f"shape{k}"], [f"flat{k}"]),
             helper.make_node("MatMul", [f"flat{k}", f"v{k}"], [f"of{k}"])],
            [weight(f"at{k}", np.array([k])), weight(f"shape{k}", np.array([-1, len(names)])),
             weight(f"v{k}", np.array([[categories[name]] for name in names], np.float32))])


nodes, weights = linear("numbers", 3, "s")
first, second = encoder(0, COLOURS), encoder(1, CITIES)
total = helper.make_node("Sum", ["s", "of0", "of1"], ["logit"])
write("numbers-and-texts", [value("numbers", T.FLOAT, ("N", 3)), value("texts", T.STRING, ("N", 2))],
      [*nodes, *first[0], *second[0], total], [*weights, *first[1], *second[1]], base + of_texts)
embed = [helper.make_node("Gather", ["table", "code"], ["e"], axis=0), helper.make_node("Reshape", ["e", "column"], ["of"]),
         helper.make_node("Add", ["s", "of"], ["logit"])]
table = [weight("table", np.array(SHIFTS, np.float32)), weight("column", np.array([-1, 1]))]
write("numbers-and-code", [value("numbers", T.FLOAT, ("N", 3)), value("code", T.INT64, ("N", 1))],
      [*nodes, *embed], [*weights, *table], base + of_codes)
split = [helper.make_node("Gather", ["codes", "zero"], ["code"], axis=1), helper.make_node("Gather", ["codes", "one"], ["k"], axis=1),
         helper.make_node("Cast", ["k"], ["f"], to=T.FLOAT), helper.make_node("Mul", ["f", "tenth"], ["g"]), *nodes,
         helper.make_node("Gather", ["table", "code"], ["of"], axis=0), helper.make_node("Sum", ["s", "of", "g"], ["logit"])]
write("numbers-and-codes", [value("numbers", T.FLOAT, ("N", 3)), value("codes", T.INT64, ("N", 2))], split,
      [*weights, table[0], weight("zero", np.array([0])), weight("one", np.array([1])), weight("tenth", np.array([0.1], np.float32))],
      base + of_codes + 0.1 * age)
# one matrix, whose columns are not in the table's order
write("matrix", [value("x", T.FLOAT, ("N", 3))], [helper.make_node("Gemm", ["x", "w", "b"], ["logit"])], weights,
      numbers[:, [2, 0, 1]] @ W - 4)
write("box", [value("x", T.FLOAT, ("N", 2, 2))],
      [helper.make_node("Reshape", ["x", "flat"], ["y"]), helper.make_node("Gemm", ["y", "w", "b"], ["logit"])],
      [weight("flat", np.array([-1, 4])), weight("w", np.array([[0.05], [-0.03], [0.08], [0.5]], np.float32)), weights[1]],
      base + 0.5 * shift)
# two groups of encoded columns: age, hours | pay, colour=blue, colour=red
z = (numbers - numbers.mean(0)) / numbers.std(0)
left = helper.make_node("MatMul", ["left", "wl"], ["l"])
WL, WR = np.array([0.8, -0.5]), np.array([0.6, -0.4, 0.7])
write("two-groups", [value("left", T.FLOAT, ("N", 2)), value("right", T.DOUBLE, ("N", 3))],
      [left, helper.make_node("Cast", ["right"], ["right32"], to=T.FLOAT), helper.make_node("MatMul", ["right32", "wr"], ["r"]),
       helper.make_node("Add", ["l", "r"], ["logit"])],
      [weight("wl", WL.astype(np.float32).reshape(2, 1)), weight("wr", WR.astype(np.float32).reshape(3, 1))],
      z[:, :2] @ WL + np.stack([z[:, 2], colour == "blue", colour == "red"], 1) @ WR)
preprocessing = {"columns": [{"name": name, "kind": "numeric", "transform": "none", "mean": float(numbers[:, k].mean()),
                              "std": float(numbers[:, k].std()), "offset": k, "width": 1} for k, name in enumerate(["age", "hours", "pay"])]
                 + [{"name": "colour", "kind": "categorical", "categories": ["blue", "red"], "offset": 3, "width": 2}], "encodedWidth": 5}

with open(os.path.join(HERE, "rows.csv"), "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["id", "when", "age", "hours", "pay", "colour", "city", "shift", "label"])
    for i in range(COUNT):
        day = f"2024-{1 + i % 12:02d}-{1 + i % 28:02d}"
        writer.writerow([f"r{1000 + 7 * i}", day, age[i], hours[i], pay[i], colour[i], city[i], shift[i], truth[i]])
with open(os.path.join(HERE, "expected.json"), "w") as file:
    json.dump({"margins": expected, "preprocessing": preprocessing}, file, indent=1)
    file.write("\n")
