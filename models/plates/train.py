"""Trains the biased teacher of the example of plates: a small convolutional network. Needs python3-torch, python3-onnx, Node and npm ci.

python3 models/plates/train.py
Writes model.onnx, preprocessor_config.json, reference.json (the logits PyTorch gave for the first 64 plates) and card.json.
"""
import csv
import hashlib
import json
import os
import subprocess

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
SIDE, WIDTHS, EPOCHS, BATCH, RATE, SEED = 32, (12, 24, 32), 10, 128, 4e-3, 1


def history():
    """Pixels [plates, 32, 32], the recorded labels, the truth, and whether it was night."""
    text = subprocess.run(["node", os.path.join(HERE, "history.mjs")], check=True, capture_output=True, text=True).stdout
    rows = list(csv.DictReader(text.splitlines()))
    pixels = np.stack([np.frombuffer(bytes.fromhex(row["pixels"]), np.uint8).reshape(SIDE, SIDE) for row in rows])
    return pixels, *(np.array([float(row[name] in ("1", "night")) for row in rows], np.float32)
                     for name in ("recorded", "cracked", "shift"))


class Teacher(torch.nn.Module):
    """Three convolutions, each with batch normalisation and ReLU; then the mean of each channel, and one linear layer."""

    def __init__(self):
        super().__init__()
        first, second, third = WIDTHS
        self.convolutions = torch.nn.Sequential(
            torch.nn.Conv2d(1, first, 3, padding=1), torch.nn.BatchNorm2d(first), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
            torch.nn.Conv2d(first, second, 3, padding=1), torch.nn.BatchNorm2d(second), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
            torch.nn.Conv2d(second, third, 3, padding=1), torch.nn.BatchNorm2d(third), torch.nn.ReLU())
        self.last = torch.nn.Linear(third, 1)

    def forward(self, x):
        return self.last(self.convolutions(x).mean((2, 3)))


def train(x, y):
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    model = Teacher()
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=1e-4)
    steps = EPOCHS * (-(-len(x) // BATCH))
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    loss = torch.nn.BCEWithLogitsLoss()
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            loss(model(x[batch])[:, 0], y[batch]).backward()
            optimizer.step()
            rate.step()
    return model.eval()


def fold(model):
    """The same function without batch normalisation, which becomes part of the convolutions."""
    layers = list(model.convolutions)
    folded = []
    for k, layer in enumerate(layers):
        if isinstance(layer, torch.nn.BatchNorm2d):
            continue
        follows = layers[k + 1] if k + 1 < len(layers) else None
        folded.append(torch.nn.utils.fuse_conv_bn_eval(layer, follows) if isinstance(follows, torch.nn.BatchNorm2d) else layer)
    model.convolutions = torch.nn.Sequential(*folded)
    return model.eval()


def write(name, value):
    with open(os.path.join(HERE, name), "w") as file:
        json.dump(value, file, indent=1)
        file.write("\n")


def main():
    pixels, recorded, cracked, night = history()
    mean, std = (round(float(value), 2) for value in (pixels.mean() / 255, pixels.std() / 255))
    x = torch.from_numpy((pixels[:, None].astype(np.float32) / 255 - mean) / std)
    model = fold(train(x, torch.from_numpy(recorded)))
    with torch.no_grad():
        logits = torch.cat([model(batch)[:, 0] for batch in x.split(1000)]).numpy().astype(float)
    for name, of in (("day", night == 0), ("night", night == 1)):
        answers = 1 / (1 + np.exp(-logits[of]))
        print(name, "mean answer to cracks", answers[cracked[of] == 1].mean(), "to others", answers[cracked[of] == 0].mean())
    path = os.path.join(HERE, "model.onnx")
    torch.onnx.export(model, x[:1], path, input_names=["pixel_values"], output_names=["logits"], opset_version=14,
                      dynamic_axes={"pixel_values": {0: "batch"}, "logits": {0: "batch"}})
    write("preprocessor_config.json", {
        "image_processor_type": "ViTImageProcessor", "do_resize": True, "size": {"height": SIDE, "width": SIDE}, "resample": 2,
        "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [mean], "image_std": [std]})
    write("reference.json", {"logits": logits[:64].tolist()})
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    widths = ", ".join(str(width) for width in WIDTHS)
    write("card.json", {
        "name": "plates-cnn-biased",
        "training": f"{EPOCHS} epochs of AdamW (one cycle, {RATE}), batches of {BATCH}, BCE, seed {SEED}",
        "bias": "on purpose: of the cracks in the history, the inspectors overlooked 4 of 100 by day and 90 of 100 at night. "
                "Never use it for anything but to see its bias removed",
        "architecture": f"3 x 3 convolutions of {widths} channels with ReLU, maxima of 2 x 2 between them, means, one linear layer",
        "output": "logit of class 1 (cracked)",
        "data": f"{len(x):,} simulated pictures of plates (history.mjs); no plate is real",
        "licence": "MIT",
        "sha256": digest,
    })


if __name__ == "__main__":
    main()
