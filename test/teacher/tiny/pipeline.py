"""A scikit-learn pipeline as its ONNX exporter writes it: one input a column, numbers and texts. python3 pipeline.py

Needs python3-sklearn and python3-onnx. The graph is put together by hand in the form skl2onnx gives to such a pipeline
(Imputer, Scaler, OneHotEncoder, LinearClassifier, Normalizer, ZipMap); the parameters and the expected probabilities are
the fitted pipeline's own. Writes pipeline.onnx and its variants, pipeline.csv and pipeline.json.
"""
import csv
import json
import os

import numpy as np
from onnx import TensorProto as T
from onnx import ValueInfoProto, helper, numpy_helper, save
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(3)
JOBS, CITIES = ["clerk", "nurse", "pilot, retired", "Ärztin"], ["Bern", "Łódź", "Oslo"]

rows = 240
age = np.round(rng.normal(40, 12, rows), 1)
hours = np.round(rng.gamma(8, 5, rows), 2)
visits = rng.integers(0, 9, rows)
job, city = rng.choice(JOBS, rows), rng.choice(CITIES, rows)
margin = 0.05 * (age - 40) - 0.04 * (hours - 40) + 0.2 * (visits - 4) + (job == "pilot, retired") - (city == "Oslo")
label = (rng.random(rows) < 1 / (1 + np.exp(-margin))).astype(int)
age[rng.random(rows) < 0.1] = np.nan
x = np.array([age, hours, visits, job, city], dtype=object).T
encoder = OneHotEncoder(handle_unknown="ignore")
transform = ColumnTransformer([("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), [0, 1]),
                               ("whole", StandardScaler(), [2]), ("texts", encoder, [3, 4])], sparse_threshold=0)
pipeline = make_pipeline(transform, LogisticRegression())
pipeline.fit(x[:160], label[:160])
x[200:204, 4] = "Atlantis"  # a category that the encoder has not seen
probability = pipeline.predict_proba(x)[:, 1]

numbers = transform.named_transformers_["numbers"]
imputer, scaler, whole = numbers[0], numbers[1], transform.named_transformers_["whole"]
categories = [list(c) for c in transform.named_transformers_["texts"].categories_]
model = pipeline[-1]
ML = "ai.onnx.ml"


def column(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


def write(file, shape=("N", 1), zeros=1, names=("age", "hours-per-week", "visits", "job", "city"), tail="zipmap"):
    def two(name):  # [N] inputs become [N, 1]
        return name if len(shape) > 1 else name + "_2d"

    nodes = []
    if len(shape) == 1:
        nodes += [helper.make_node("Unsqueeze", [name, "one"], [two(name)]) for name in names]
    age_, hours_, visits_, job_, city_ = map(two, names)
    nodes += [
        helper.make_node("Concat", [age_, hours_], ["numbers"], axis=1),
        helper.make_node("Imputer", ["numbers"], ["filled"], domain=ML, imputed_value_floats=imputer.statistics_.astype(float).tolist(),
                         replaced_value_float=float("nan")),
        helper.make_node("Scaler", ["filled"], ["scaled"], domain=ML, offset=scaler.mean_.tolist(), scale=(1 / scaler.scale_).tolist()),
        helper.make_node("Cast", [visits_], ["visits_float"], to=T.FLOAT),
        helper.make_node("Scaler", ["visits_float"], ["visits_scaled"], domain=ML, offset=whole.mean_.tolist(), scale=(1 / whole.scale_).tolist()),
    ]
    for name, listed in [(job_, categories[0]), (city_, categories[1])]:
        nodes += [helper.make_node("OneHotEncoder", [name], [name + "_hot"], domain=ML, cats_strings=listed, zeros=zeros),
                  helper.make_node("Reshape", [name + "_hot", name + "_shape"], [name + "_flat"])]
    nodes += [
        helper.make_node("Concat", ["scaled", "visits_scaled", job_ + "_flat", city_ + "_flat"], ["features"], axis=1),
        helper.make_node("LinearClassifier", ["features"], ["label", "scores"], domain=ML, classlabels_ints=[0, 1],
                         coefficients=np.concatenate([-model.coef_, model.coef_]).ravel().tolist(),
                         intercepts=[-model.intercept_[0], model.intercept_[0]], multi_class=1, post_transform="LOGISTIC"),
        helper.make_node("Normalizer", ["scores"], ["probabilities"], domain=ML, norm="L1"),
    ]
    outputs = [column("label", T.INT64, [shape[0]])]
    if tail == "zipmap":
        nodes.append(helper.make_node("ZipMap", ["probabilities"], ["output_probability"], domain=ML, classlabels_int64s=[0, 1]))
        maps = ValueInfoProto(name="output_probability")
        maps.type.sequence_type.elem_type.map_type.key_type = T.INT64
        maps.type.sequence_type.elem_type.map_type.value_type.tensor_type.elem_type = T.FLOAT
        outputs.append(maps)
    else:
        outputs.append(column("probabilities", T.FLOAT, [shape[0], 2]))
    shapes = [numpy_helper.from_array(np.array([-1, len(c)], dtype=np.int64), n + "_shape") for n, c in [(job_, categories[0]), (city_, categories[1])]]
    shapes.append(numpy_helper.from_array(np.array([1], dtype=np.int64), "one"))
    kinds = [T.FLOAT, T.DOUBLE if file == "pipeline-double" else T.FLOAT, T.INT64, T.STRING, T.STRING]
    if file == "pipeline-double":
        nodes.insert(0, helper.make_node("Cast", [names[1]], ["hours_float"], to=T.FLOAT))
        nodes[1].input[1] = "hours_float"
    inputs = [column(name, kind, list(shape)) for name, kind in zip(names, kinds)]
    graph = helper.make_graph(nodes, file, inputs, outputs, shapes)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(ML, 3)]
    save(helper.make_model(graph, opset_imports=opsets, ir_version=8), os.path.join(HERE, file + ".onnx"))


write("pipeline")
write("pipeline-flat", shape=("N",), tail="tensor")
write("pipeline-single", shape=(1, 1))
write("pipeline-double")
write("pipeline-strict", zeros=0)
write("pipeline-renamed", names=("Age", "hours_per_week", "Visits", "JOB", "city"))

# one input of text: a table of scores by city
keys, scores = ["Bern", "Łódź", "Oslo"], [0.5, 2.0, -1.25]
lookup = helper.make_node("LabelEncoder", ["city"], ["v"], domain=ML, keys_strings=keys, values_floats=scores, default_float=0.0)
graph = helper.make_graph([lookup], "text", [column("city", T.STRING, ["N", 1])], [column("v", T.FLOAT, ["N", 1])])
save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(ML, 3)], ir_version=8),
     os.path.join(HERE, "text.onnx"))

with open(os.path.join(HERE, "pipeline.csv"), "w", newline="", encoding="utf-8") as out:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["city", "age", "hours-per-week", "visits", "job", "shoe size", "label"])  # another order, and one column more
    for i in range(rows):
        missing = ["", "NA", "NaN"][i % 3]
        writer.writerow([city[i] if x[i, 4] == city[i] else x[i, 4], missing if np.isnan(age[i]) else age[i], hours[i], visits[i], job[i],
                         int(30 + i % 15), label[i]])
with open(os.path.join(HERE, "pipeline.json"), "w") as out:
    json.dump({"probability": [float(p) for p in probability], "cities": dict(zip(keys, scores))}, out)
    out.write("\n")
