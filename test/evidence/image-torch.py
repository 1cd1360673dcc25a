"""Trains the student of test/evidence/image-torch.mjs in PyTorch: the same pixels, targets, architecture, steps and changes of images.
Usage: image-torch.py FOLDER EPOCHS SEED; prints JSON with the seconds of training, test AUC and log-loss."""
import json
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
folder, epochs, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
spec = json.load(open(f"{folder}/spec.json"))
size, channels, widths, turns = spec["size"], spec["channels"], spec["widths"], spec["turns"]


def images(name):
    flat = np.fromfile(f"{folder}/{name}.u8", dtype=np.uint8).reshape(-1, size, size, channels)
    mean, std = np.array(spec["mean"], np.float32), np.array(spec["std"], np.float32)
    return torch.from_numpy(((flat.astype(np.float32) / 255 - mean) / std).transpose(0, 3, 1, 2).copy())


def floats(name):
    return torch.from_numpy(np.fromfile(f"{folder}/{name}.f64").astype(np.float32))


torch.manual_seed(seed)
layers, before = [], channels
for width in widths:
    layers += [nn.Conv2d(before, width, 3, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
    before = width
model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 1))
train, targets, test, labels = images("train"), floats("targets"), images("test"), floats("labels")
steps = epochs * ((len(train) + 63) // 64)
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.01)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.01, total_steps=steps, cycle_momentum=False)
shift = max(1, round(0.1 * size))


def changed(x):
    if torch.rand(()) < 0.5:
        x = x.flip(3)
    if turns:
        if torch.rand(()) < 0.5:
            x = x.flip(2)
        x = torch.rot90(x, int(torch.randint(4, ())), (2, 3))
    padded = F.pad(x, (shift,) * 4, mode="replicate")
    out = torch.empty_like(x)
    for i, (dy, dx) in enumerate(torch.randint(2 * shift + 1, (len(x), 2)).tolist()):
        out[i] = padded[i, :, dy:dy + size, dx:dx + size]
    return out


start = time.process_time()
model.train()
for _ in range(epochs):
    for rows in torch.randperm(len(train)).split(64):
        loss = F.binary_cross_entropy_with_logits(model(changed(train[rows])).squeeze(1), targets[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
seconds = time.process_time() - start
model.eval()
with torch.no_grad():
    z = model(test).squeeze(1).double().numpy()
y = labels.numpy()
order = z.argsort()
ranks = np.empty(len(z))
ranks[order] = np.arange(1, len(z) + 1)
ones = y.sum()
auc = (ranks[y == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(y) - ones))
print(json.dumps({"seconds": seconds, "auc": auc, "logLoss": float(np.mean(np.logaddexp(0, np.where(y == 1, -z, z))))}))
