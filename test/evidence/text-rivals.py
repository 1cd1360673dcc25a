"""Rivals of students of texts on labelled rows: TF-IDF with logistic regression (scikit-learn), and fastText (Debian's package).

Reads JSON lines from standard input, {"name", "train", "validation", "test"}, each part {"texts": [...], "labels": [...]}, and writes one JSON
line for each: test AUC and log-loss of both. Settings are chosen by the log-loss on the validation rows.
"""
import json
import math
import os
import subprocess
import sys
import tempfile

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import FeatureUnion


def tfidf(parts):
    """Words, pairs and character 3-5-grams of words, sublinear counts; C of five values."""
    union = FeatureUnion([
        ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=1)),
        ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=1)),
    ])
    x = union.fit_transform(parts["train"]["texts"])
    held, test = union.transform(parts["validation"]["texts"]), union.transform(parts["test"]["texts"])
    best = None
    for c in (0.3, 1, 3, 10, 30):
        model = LogisticRegression(C=c, max_iter=2000).fit(x, parts["train"]["labels"])
        loss = log_loss(parts["validation"]["labels"], model.predict_proba(held)[:, 1], labels=[0, 1])
        if best is None or loss < best[0]:
            best = (loss, model.predict_proba(test)[:, 1])
    return best[1]


def fasttext(parts, folder):
    """Words, pairs and character 3-5-grams, width 16, 65,536 buckets; four settings."""
    def write(part, labelled):
        path = os.path.join(folder, part)
        with open(path, "w", encoding="utf-8") as out:
            for text, label in zip(parts[part]["texts"], parts[part]["labels"]):
                # in lower case, as the others see texts; in clickbait the case alone decides much
                line = " ".join(text.lower().split()) or "-"
                out.write(f"__label__{label} {line}\n" if labelled else f"{line}\n")
        return path

    train, held, test = write("train", True), write("validation", False), write("test", False)

    def predict(model, path):
        out = subprocess.run(["fasttext", "predict-prob", model, path, "2"], capture_output=True, text=True, check=True).stdout
        scores = []
        for line in out.splitlines():
            words = line.split()
            found = {words[i]: float(words[i + 1]) for i in range(0, len(words) - 1, 2)}
            scores.append(min(1 - 1e-6, max(1e-6, found.get("__label__1", 0.0))))
        return scores

    best = None
    for epochs, rate in ((25, 0.25), (25, 0.5), (50, 0.5), (100, 0.5)):
        model = os.path.join(folder, "model")
        subprocess.run(
            ["fasttext", "supervised", "-input", train, "-output", model, "-dim", "16", "-wordNgrams", "2", "-minn", "3",
             "-maxn", "5", "-bucket", "65536", "-epoch", str(epochs), "-lr", str(rate), "-thread", "1", "-verbose", "0"],
            capture_output=True, check=True)
        scores = predict(model + ".bin", held)
        loss = log_loss(parts["validation"]["labels"], scores, labels=[0, 1])
        if best is None or loss < best[0]:
            best = (loss, predict(model + ".bin", test))
    return best[1]


def figures(labels, scores):
    return {"auc": roc_auc_score(labels, scores), "logLoss": log_loss(labels, scores, labels=[0, 1])}


has_fasttext = any(os.access(os.path.join(p, "fasttext"), os.X_OK) for p in os.environ["PATH"].split(os.pathsep))
for line in sys.stdin:
    parts = json.loads(line)
    labels = parts["test"]["labels"]
    row = {"name": parts["name"], "tfidf": figures(labels, tfidf(parts))}
    if has_fasttext:
        with tempfile.TemporaryDirectory() as folder:
            row["fasttext"] = figures(labels, fasttext(parts, folder))
    print(json.dumps(row), flush=True)
