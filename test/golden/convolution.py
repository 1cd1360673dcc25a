"""Golden values for convolutional students, in float64 by PyTorch. python3 convolution.py > convolution.json

A case has images (bytes) and other columns, parameters that are multiples of 1/128, and what PyTorch's layers make of them: the margins
and the loss of a training batch, all gradients, the running statistics, the margins in inference, and the parameters after three steps of
AdamW.
"""
import json
import random
import sys

import torch
from torch import nn
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def loss_of(z, y, u, alpha, t):
    """(1 - alpha) BCE(y, sigmoid z) + alpha t^2 KL(sigmoid(u / t) || sigmoid(z / t)) of each row."""
    hard = F.binary_cross_entropy_with_logits(z, y, reduction="none")
    student = F.log_softmax(torch.stack([torch.zeros_like(z), z / t], -1), -1)
    teacher = F.softmax(torch.stack([torch.zeros_like(u), u / t], -1), -1)
    return (1 - alpha) * hard + alpha * t * t * F.kl_div(student, teacher, reduction="none").sum(-1)


def stages_of(blocks, channels, kernel):
    """inputs, outputs, kernel, step, whether each channel is convolved by itself, whether it adds its input."""
    out = []
    before = None
    for i, c in enumerate(channels):
        if blocks == "separable" and i > 0:
            out += [(before, before, kernel, 2, True, False), (before, c, 1, 1, False, False)]
        else:
            out.append((before, c, kernel, 2, False, False))
            if blocks == "residual":
                out.append((c, c, kernel, 1, False, True))
        before = c
    return out


class Net(nn.Module):
    def __init__(self, case):
        super().__init__()
        self.convolutions, self.norms, self.adds = nn.ModuleList(), nn.ModuleList(), []
        for before, after, kernel, step, alone, adds in stages_of(case["blocks"], case["channels"], case["kernel"]):
            before = before or case["colours"]
            self.convolutions.append(nn.Conv2d(before, after, kernel, step, kernel // 2, groups=before if alone else 1, bias=False))
            self.norms.append(nn.BatchNorm2d(after))
            self.adds.append(adds)
        widths = [case["channels"][-1] + case["others"], *case["hidden"], 1]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))

    def forward(self, x, others):
        for convolution, norm, adds in zip(self.convolutions, self.norms, self.adds):
            y = norm(convolution(x))
            x = torch.relu(y + x if adds else y)
        h = torch.cat([x.mean((2, 3)), others], 1)
        for layer in self.layers[:-1]:
            h = torch.relu(layer(h))
        return self.layers[-1](h)[:, 0]

    def set(self, of):
        with torch.no_grad():
            for p in self.parameters():
                p.copy_(of(p))


def stored(values):
    return [float(f"{x:.7g}") for x in values.reshape(-1).tolist()]


def parts(model, of):
    """Stages: weights [kernel x kernel x inputs x outputs], scales, shifts. Layers: weights [inputs x outputs], biases."""
    stages = []
    for convolution, norm in zip(model.convolutions, model.norms):
        stages.append({"weights": stored(of(convolution.weight).permute(2, 3, 1, 0)), "scales": stored(of(norm.weight)),
                       "shifts": stored(of(norm.bias))})
    return {"stages": stages, "layers": [{"weights": stored(of(l.weight).t()), "biases": stored(of(l.bias))} for l in model.layers]}


def case_of(seed, blocks, channels, kernel, colours, size, hidden=(), before=0, after=0, rows=5, alpha=0.5, temperature=2):
    torch.manual_seed(seed)
    random.seed(seed)
    height, width = size
    case = {"blocks": blocks, "channels": list(channels), "kernel": kernel, "colours": colours, "size": list(size),
            "hidden": list(hidden), "before": before, "after": after, "others": before + after, "rows": rows,
            "alpha": alpha, "temperature": temperature, "rate": 0.01, "decay": 0.1}
    model = Net(case)
    model.set(lambda p: torch.round((p + 0.1 * torch.randn_like(p)) * 128) / 128)
    mean, std = ([0.45, 0.5, 0.4], [0.25, 0.2, 0.3]) if colours == 3 else ([0.45], [0.25])
    # blobs: smooth images, so that windows differ from each other
    coarse = torch.rand(rows, colours, 4, 4) * 255
    smooth = F.interpolate(coarse, size=size, mode="bilinear", align_corners=True)
    pixels = (smooth + 24 * torch.randn(rows, colours, height, width)).clamp(0, 255).round()
    others = torch.round(torch.randn(rows, case["others"]) * 16) / 16
    x = (pixels / 255 - torch.tensor(mean)[:, None, None]) / torch.tensor(std)[:, None, None]
    y = (torch.rand(rows) < 0.5).double()
    u = torch.round(torch.randn(rows) * 3 * 64) / 64
    start = parts(model, lambda p: p.detach())
    model.train()
    weights = [p.detach().clone() for p in model.parameters()]
    z = model(x, others)
    loss = loss_of(z, y, u, alpha, temperature).mean()
    loss.backward()
    gradient = parts(model, lambda p: p.grad)
    statistics = [{"means": stored(n.running_mean), "variances": stored(n.running_var)} for n in model.norms]
    model.eval()
    inference = stored(model(x, others).detach())
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        loss_of(model(x, others), y, u, alpha, temperature).mean().backward()
        optimizer.step()
    return {**case, "mean": mean, "std": std, "pixels": [int(v) for v in pixels.permute(0, 2, 3, 1).reshape(-1)],
            "columns": stored(others), "y": y.tolist(), "u": u.tolist(), "start": start, "margins": stored(z.detach()),
            "loss": loss.item(), "gradient": gradient, "statistics": statistics, "inference": inference,
            "after3": parts(model, lambda p: p.detach())}


def main():
    cases = [
        case_of(1, "plain", [5], 3, 1, (9, 11)),
        case_of(2, "plain", [3, 10], 3, 3, (15, 8), before=2, after=1),
        case_of(3, "plain", [4, 6, 11], 3, 1, (9, 11), hidden=[9], after=3),
        case_of(4, "plain", [3, 9], 5, 3, (9, 11), hidden=[5, 3], before=1),
        case_of(5, "separable", [6, 9, 5], 3, 3, (15, 8)),
        case_of(6, "separable", [9, 7], 5, 1, (15, 8), hidden=[4], before=1, after=1),
        case_of(7, "residual", [5, 9], 3, 1, (15, 8)),
        case_of(8, "residual", [3, 4], 5, 3, (9, 11), hidden=[6], after=2, rows=4),
        case_of(9, "residual", [10], 3, 3, (8, 8), before=9, rows=7),
    ]
    json.dump({"torch": torch.__version__, "cases": cases}, sys.stdout, separators=(",", ":"))
    print()


main()
