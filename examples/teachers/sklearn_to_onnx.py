"""Exports a binary scikit-learn LogisticRegression or MLPClassifier, with or without a StandardScaler, to ONNX with only the onnx package.
The output is the log-odds. For other pipelines use skl2onnx.

    from sklearn_to_onnx import to_onnx
    onnx.save(to_onnx(pipeline), "teacher.onnx")
"""
import numpy as np
from onnx import TensorProto, helper, numpy_helper


def to_onnx(model):
    steps = [step for _, step in model.steps] if hasattr(model, "steps") else [model]
    *before, last = steps
    nodes, weights, at = [], [], "input"

    def layer(operator, name, *arrays, **attributes):
        nonlocal at
        names = [f"{name}_{i}" for i in range(len(arrays))]
        weights.extend(numpy_helper.from_array(np.asarray(array, np.float32), of) for of, array in zip(names, arrays))
        nodes.append(helper.make_node(operator, [at, *names], [name], **attributes))
        at = name

    for scaler in before:
        if type(scaler).__name__ != "StandardScaler":
            raise ValueError(f"{type(scaler).__name__}, expected StandardScaler: use skl2onnx")
        layer("Sub", "centred", scaler.mean_ if scaler.with_mean else np.zeros(scaler.n_features_in_))
        layer("Div", "scaled", scaler.scale_ if scaler.with_std else np.ones(scaler.n_features_in_))
    if len(last.classes_) != 2:
        raise ValueError(f"{len(last.classes_)} classes, expected two")
    if type(last).__name__ == "LogisticRegression":
        layer("Gemm", "logit", last.coef_.T, last.intercept_)
    elif type(last).__name__ == "MLPClassifier":
        activation = {"relu": "Relu", "tanh": "Tanh", "logistic": "Sigmoid", "identity": "Identity"}[last.activation]
        for i, (coefficients, intercept) in enumerate(zip(last.coefs_, last.intercepts_)):
            final = i + 1 == len(last.coefs_)
            layer("Gemm", "logit" if final else f"linear{i}", coefficients, intercept)
            if not final:
                layer(activation, f"hidden{i}")
    else:
        raise ValueError(f"{type(last).__name__}, expected LogisticRegression or MLPClassifier: use skl2onnx")
    shape = lambda name, width: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", width])
    graph = helper.make_graph(nodes, "sklearn", [shape("input", steps[0].n_features_in_)], [shape("logit", 1)], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
