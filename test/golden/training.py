"""Golden values for losses, layers, gradients and AdamW, in float64 by PyTorch. python3 training.py > training.json

The loss follows its definition, with PyTorch's functions (binary_cross_entropy, kl_div).
"""
import json
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)


def loss_of(z, y, u, alpha, t):
    """(1 - alpha) BCE(y, sigmoid z) + alpha t^2 KL(sigmoid(u / t) || sigmoid(z / t)) of each row."""
    hard = F.binary_cross_entropy_with_logits(z, y, reduction="none")
    student = F.log_softmax(torch.stack([torch.zeros_like(z), z / t], -1), -1)
    teacher = F.softmax(torch.stack([torch.zeros_like(u), u / t], -1), -1)
    soft = F.kl_div(student, teacher, reduction="none").sum(-1)
    return (1 - alpha) * hard + alpha * t * t * soft


def losses():
    out = []
    for alpha, t in [(1, 1), (0.5, 1), (0, 1), (0.3, 4), (0.9, 0.5), (1, 20)]:
        z = (torch.randn(12) * 4).requires_grad_()
        y = (torch.rand(12) < 0.5).double()
        u = torch.randn(12) * 5
        value = loss_of(z, y, u, alpha, t)
        value.sum().backward()
        out.append({"alpha": alpha, "temperature": t, "z": z.tolist(), "y": y.tolist(), "u": u.tolist(),
                    "value": value.tolist(), "slope": z.grad.tolist()})
    return out


class Net(torch.nn.Module):
    """Linear layers with an activation between them. residual: every hidden layer except the first adds its input to its output."""

    def __init__(self, widths, activation, residual):
        super().__init__()
        self.layers = torch.nn.ModuleList(torch.nn.Linear(a, b) for a, b in zip(widths, widths[1:]))
        self.activation = {"relu": torch.relu, "tanh": torch.tanh, "gelu": lambda x: F.gelu(x, approximate="tanh")}[activation]
        self.residual = residual

    def hidden(self, h):
        out = []
        for i, layer in enumerate(self.layers[:-1]):
            active = self.activation(layer(h))
            h = active + h if self.residual and i > 0 else active
            out.append(h)
        return out

    def forward(self, x):
        hidden = self.hidden(x)
        return self.layers[-1](hidden[-1] if hidden else x)


def flat(model, of):
    """debkd's parameter layout: layer by layer, weights [inputs x outputs] row-major, then biases."""
    parts = []
    for layer in model.layers:
        parts += [of(layer.weight).t().reshape(-1), of(layer.bias)]
    return torch.cat(parts).tolist()


def networks():
    out = []
    cases = [([], 1, 1, 0.0, "relu", False), ([8], 0.5, 1, 1e-2, "relu", False), ([9, 5], 1, 2, 1e-4, "relu", False),
             ([16, 7, 3], 0, 1, 0.1, "relu", False), ([9, 5], 1, 1, 1e-4, "tanh", False), ([11], 0.5, 2, 1e-2, "gelu", False),
             ([7, 7, 7], 1, 1, 1e-4, "relu", True), ([6, 6], 0.7, 1, 0.0, "gelu", True), ([9, 9, 9], 1, 3, 0.0, "tanh", True)]
    for hidden, alpha, t, decay, activation, residual in cases:
        features, rows = 6, 10
        widths = [features, *hidden, 1]
        model = Net(widths, activation, residual)
        with torch.no_grad():  # round to float32, the precision of debkd's parameters
            for p in model.parameters():
                p.copy_(p.float().double())
        x = torch.randn(rows, features).float().double()
        y = (torch.rand(rows) < 0.5).double()
        u = torch.randn(rows) * 3
        start = flat(model, lambda p: p.detach())
        activations = [h.detach().tolist() for h in model.hidden(x)]
        z = model(x)[:, 0]
        margins = z.tolist()
        loss = loss_of(z, y, u, alpha, t).mean()
        loss.backward()
        gradient = flat(model, lambda p: p.grad)
        weights = [p.detach().clone() for p in model.parameters()]
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=decay, betas=(0.9, 0.999), eps=1e-8)
        for _ in range(20):
            optimizer.zero_grad()
            loss_of(model(x)[:, 0], y, u, alpha, t).mean().backward()
            optimizer.step()
        after20 = flat(model, lambda p: p.detach())
        with torch.no_grad():
            for p, w in zip(model.parameters(), weights):
                p.copy_(w)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=decay)
        for _ in range(20):
            optimizer.zero_grad()
            loss_of(model(x)[:, 0], y, u, alpha, t).mean().backward()
            optimizer.step()
        out.append({"features": features, "hidden": hidden, "activation": activation, "residual": residual,
                    "alpha": alpha, "temperature": t, "rate": 0.01, "decay": decay,
                    "x": x.tolist(), "y": y.tolist(), "u": u.tolist(), "start": start, "activations": activations,
                    "margins": margins, "loss": loss.item(), "gradient": gradient, "after20": after20,
                    "sgd20": flat(model, lambda p: p.detach())})
    return out


json.dump({"torch": torch.__version__, "losses": losses(), "networks": networks()}, sys.stdout)
print()
