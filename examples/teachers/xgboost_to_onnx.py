"""Exports a binary XGBoost classifier to ONNX with only the onnx package: its trees, with the log-odds as the output.

    from xgboost_to_onnx import to_onnx
    onnx.save(to_onnx(classifier), "teacher.onnx")   # an XGBClassifier or its Booster; numeric splits, objective binary:logistic
"""
import json
import math

from onnx import TensorProto, helper


def to_onnx(classifier):
    booster = classifier.get_booster() if hasattr(classifier, "get_booster") else classifier
    learner = json.loads(booster.save_raw("json").decode())["learner"]
    objective = learner["objective"]["name"]
    if objective not in ("binary:logistic", "binary:logitraw"):
        raise ValueError(f"objective {objective}, expected binary:logistic or binary:logitraw")
    columns = int(learner["learner_model_param"]["num_feature"])
    score = float(learner["learner_model_param"]["base_score"].strip("[]"))
    base = math.log(score / (1 - score)) if objective == "binary:logistic" else score
    nodes = {name: [] for name in ("treeids", "nodeids", "featureids", "modes", "values", "truenodeids", "falsenodeids",
                                   "missing_value_tracks_true", "hitrates")}
    leaves = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}
    for number, tree in enumerate(learner["gradient_booster"]["model"]["trees"]):
        if any(tree.get("categories_nodes", [])):
            raise ValueError("the trees split on categories, expected numbers: encode categories before training")
        for node, (left, right) in enumerate(zip(tree["left_children"], tree["right_children"])):
            leaf = left == -1
            # XGBoost goes left where the value is below the threshold; missing values go in the direction it has learned
            for name, value in (("treeids", number), ("nodeids", node), ("featureids", 0 if leaf else tree["split_indices"][node]),
                                ("modes", "LEAF" if leaf else "BRANCH_LT"), ("values", 0.0 if leaf else tree["split_conditions"][node]),
                                ("truenodeids", 0 if leaf else left), ("falsenodeids", 0 if leaf else right),
                                ("missing_value_tracks_true", 0 if leaf else int(tree["default_left"][node])), ("hitrates", 1.0)):
                nodes[name].append(value)
            if leaf:
                for name, value in (("treeids", number), ("nodeids", node), ("ids", 0), ("weights", tree["split_conditions"][node])):
                    leaves[name].append(value)
    trees = helper.make_node(
        "TreeEnsembleRegressor", ["input"], ["logit"], domain="ai.onnx.ml", n_targets=1, base_values=[base], post_transform="NONE",
        **{f"nodes_{name}": values for name, values in nodes.items()}, **{f"target_{name}": values for name, values in leaves.items()})
    shape = lambda name, width: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", width])
    graph = helper.make_graph([trees], "xgboost", [shape("input", columns)], [shape("logit", 1)])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid("ai.onnx.ml", 2)], ir_version=7)
