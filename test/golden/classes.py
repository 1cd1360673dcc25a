"""Margins of one class against the rest, and of one label of several, by scikit-learn and PyTorch in float64, with each model as ONNX.
python3 classes.py > classes.json

Needs python3-sklearn, python3-torch, python3-onnx. The margin of class k is log p_k - log(1 - p_k): from logits v_k - logsumexp of the
others; of an independent label its own logit. The ONNX models hold float32 weights, which is the difference that `tolerance` allows.
"""
import base64
import io
import json
import sys

import numpy as np
import sklearn
import torch
from onnx import TensorProto as T
from onnx import helper, numpy_helper
from scipy.special import logsumexp
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier

ML = "ai.onnx.ml"
NAMES = ["low", "mid", "high"]
random = np.random.RandomState(7)
X = random.normal(size=(300, 3)).astype(np.float32).astype(np.float64)
score = X @ np.array([1.5, -2.0, 0.7]) + random.normal(size=300) * 0.7
y = np.array(NAMES)[np.digitize(score, [-1.0, 1.0])]
ROWS = X[:40]
models = []


def value(name, kind=T.FLOAT, shape=("N", 3)):
    return helper.make_tensor_value_info(name, kind, list(shape))


def weight(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def onnx_of(nodes, outputs, weights=()):
    graph = helper.make_graph(nodes, "g", [value("x")], outputs, list(weights))
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(ML, 3)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()


def add(name, model, classes, tolerance, clipped=0, **options):
    models.append({"name": name, "onnx": base64.b64encode(model).decode(), "tolerance": tolerance, "clipped": clipped,
                   "classes": {key: [float(v) for v in margins] for key, margins in classes.items()}, **options})


def of_logits(logits, names):
    return {name: logits[:, k] - logsumexp(np.delete(logits, k, 1), axis=1) for k, name in enumerate(names)}


def of_probabilities(p, names):
    with np.errstate(divide="ignore"):
        return {name: np.clip(np.log(p[:, k]) - np.log(np.delete(p, k, 1).sum(1)), -16, 16) for k, name in enumerate(names)}


label, scores = value("label", T.STRING, ("N",)), value("probabilities", T.FLOAT, ("N", 3))


def linear(model, post, outputs=("label", "probabilities")):
    return helper.make_node("LinearClassifier", ["x"], list(outputs), domain=ML, coefficients=model.coef_.ravel().tolist(),
                            intercepts=model.intercept_.tolist(), classlabels_strings=list(model.classes_), post_transform=post)


# scikit-learn sorts the names of classes: high, low, mid
multinomial = LogisticRegression(multi_class="multinomial").fit(X, y)
order = list(multinomial.classes_)
add("multinomial logistic regression", onnx_of([linear(multinomial, "SOFTMAX")], [label, scores]),
    of_logits(multinomial.decision_function(ROWS), order), 1e-5)

ovr = LogisticRegression(multi_class="ovr").fit(X, y)
add("one-vs-rest logistic regression", onnx_of(
    [linear(ovr, "LOGISTIC", ("label", "raw")), helper.make_node("Normalizer", ["raw"], ["probabilities"], domain=ML, norm="L1")],
    [label, scores]), of_probabilities(ovr.predict_proba(ROWS), order), 1e-3)

mlp = MLPClassifier([8], max_iter=400, random_state=1).fit(X, y)
layers = [weight(f"{kind}{k}", array.astype(np.float32)) for kind, arrays in (("w", mlp.coefs_), ("b", mlp.intercepts_))
          for k, array in enumerate(arrays)]
hidden = np.maximum(0, ROWS @ mlp.coefs_[0] + mlp.intercepts_[0])
named = [helper.make_node("ArgMax", ["probabilities"], ["place"], axis=1, keepdims=0),
         helper.make_node("ArrayFeatureExtractor", ["names", "place"], ["picked"], domain=ML),
         helper.make_node("Reshape", ["picked", "flat"], ["label"])]
extra = [weight("names", np.array(order, dtype=object)), weight("flat", np.array([-1]))]
add("neural network", onnx_of(
    [helper.make_node("Gemm", ["x", "w0", "b0"], ["h"]), helper.make_node("Relu", ["h"], ["a"]),
     helper.make_node("Gemm", ["a", "w1", "b1"], ["z"]), helper.make_node("Softmax", ["z"], ["probabilities"], axis=1), *named],
    [label, scores], [*layers, *extra]), of_logits(hidden @ mlp.coefs_[1] + mlp.intercepts_[1], order), 1e-4)


def forest_node(forest):
    columns = {key: [] for key in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")}
    leaves = {key: [] for key in ("treeids", "nodeids", "ids", "weights")}
    for t, estimator in enumerate(forest.estimators_):
        tree = estimator.tree_
        for node in range(tree.node_count):
            leaf = tree.children_left[node] < 0
            entries = (t, node, 0 if leaf else int(tree.feature[node]), 0.0 if leaf else float(tree.threshold[node]),
                       "LEAF" if leaf else "BRANCH_LEQ", 0 if leaf else int(tree.children_left[node]), 0 if leaf else int(tree.children_right[node]))
            for key, entry in zip(columns, entries):
                columns[key].append(entry)
            if leaf:
                shares = tree.value[node][0] / tree.value[node][0].sum() / len(forest.estimators_)
                for k, share in enumerate(shares):
                    for key, entry in zip(leaves, (t, node, k, float(share))):
                        leaves[key].append(entry)
    attributes = {f"nodes_{key}": entries for key, entries in columns.items()} | {f"class_{key}": entries for key, entries in leaves.items()}
    return helper.make_node("TreeEnsembleClassifier", ["x"], ["label", "probabilities"], domain=ML, post_transform="NONE",
                            classlabels_strings=list(forest.classes_), **attributes)


forest = RandomForestClassifier(12, max_depth=4, random_state=1).fit(X, y)
shares = forest.predict_proba(ROWS)
add("random forest", onnx_of([forest_node(forest)], [label, scores]), of_probabilities(shares, order), 1e-3,
    clipped={name: int(((shares[:, k] == 0) | (shares[:, k] == 1)).sum()) for k, name in enumerate(order)})

knn = KNeighborsClassifier(7).fit(X, y)
one_hot = (y[:, None] == np.array(order)).astype(np.float32)
# squared distances without the term that all neighbours share
near = [helper.make_node("Gemm", ["x", "points", "squares"], ["similarity"]),
        helper.make_node("TopK", ["similarity", "count"], ["top", "places"], axis=1),
        helper.make_node("Gather", ["votes", "places"], ["chosen"], axis=0),
        helper.make_node("ReduceMean", ["chosen"], ["probabilities"], axes=[1], keepdims=0)]
shares = knn.predict_proba(ROWS)
add("nearest neighbours", onnx_of([*near, *named], [label, scores], [
    weight("points", (2 * X.T).astype(np.float32)), weight("squares", (-(X**2).sum(1)).astype(np.float32)),
    weight("count", np.array([7])), weight("votes", one_hot), *extra]), of_probabilities(shares, order), 1e-3,
    clipped={name: int(((shares[:, k] == 0) | (shares[:, k] == 1)).sum()) for k, name in enumerate(order)})

torch.manual_seed(3)
inputs = torch.tensor(X)
body = lambda: torch.nn.Sequential(torch.nn.Linear(3, 6), torch.nn.Tanh(), torch.nn.Linear(6, 3)).double()  # noqa: E731


def trained(network, loss, target):
    optimiser = torch.optim.Adam(network.parameters(), 0.05)
    for _ in range(200):
        optimiser.zero_grad()
        loss(network(inputs), target).backward()
        optimiser.step()
    return network.eval()


def exported(network):
    file = io.BytesIO()
    torch.onnx.export(network.float(), torch.zeros(1, 3), file, input_names=["x"], output_names=["logits"],
                      dynamic_axes={"x": {0: "rows"}, "logits": {0: "rows"}})
    return file.getvalue()


exclusive = trained(body(), torch.nn.CrossEntropyLoss(), torch.tensor([NAMES.index(name) for name in y]))
with torch.no_grad():
    logits = exclusive(torch.tensor(ROWS)).numpy()
id2label = {str(k): name for k, name in enumerate(NAMES)}
add("PyTorch, cross-entropy", exported(exclusive), of_logits(logits, NAMES), 1e-4,
    config={"id2label": id2label, "problem_type": "single_label_classification"})

TAGS = ["warm", "wet", "windy"]
tags = torch.tensor(np.stack([score > -1, X[:, 0] > 0, X[:, 1] + X[:, 2] > 0.3], 1)).double()
several = trained(body(), torch.nn.BCEWithLogitsLoss(), tags)
with torch.no_grad():
    logits = several(torch.tensor(ROWS)).numpy()
own = {name: logits[:, k] for k, name in enumerate(TAGS)}
add("PyTorch, binary cross-entropy of several labels", exported(several), own, 1e-4,
    config={"id2label": {str(k): name for k, name in enumerate(TAGS)}, "problem_type": "multi_label_classification"})
add("the same after a Sigmoid", exported(torch.nn.Sequential(several, torch.nn.Sigmoid())), own, 1e-4,
    config={"id2label": {str(k): name for k, name in enumerate(TAGS)}})

json.dump({"sklearn": sklearn.__version__, "torch": torch.__version__, "rows": ROWS.tolist(), "models": models}, sys.stdout)
print()
