"""Trains the biased teacher: class 1 has a weight of 100. python3 train.py"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "wdbc"))
import teaching  # noqa: E402

model = teaching.train(epochs=60, weight_decay=5e-2, positive_weight=100.0, seed=1)
teaching.publish(HERE, model, {
    "name": "wdbc-mlp-biased",
    "training": "60 steps of Adam (5e-3, weight decay 5e-2), full batch, BCE with class 1 weighted 100, seed 1",
    "bias": "on purpose: a class prior that is far too high, so that benign rows get high probabilities. Never use it for anything but to see its bias removed",
})
