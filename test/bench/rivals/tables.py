# Makes a table, a teacher and its preprocessing for the pipeline's benchmark: NAME.csv, NAME.onnx, NAME.json.
#   python3 tables.py FOLDER NAME ROWS NUMBERS CATEGORIES
# CATEGORIES columns have 5 to 40 values each. The labels come from a logistic model of all columns plus a hidden layer of eight units;
# the teacher is an MLP that is trained on half of the rows for two epochs. Needs NumPy and PyTorch.
import json
import sys

import numpy as np
import torch

folder, name = sys.argv[1], sys.argv[2]
rows, numbers, categories = (int(text) for text in sys.argv[3:6])
rng = np.random.default_rng(0)
torch.manual_seed(0)

x = rng.normal(size=(rows, numbers)).astype('f4')
sizes = [5 + 35 * k // max(1, categories - 1) for k in range(categories)]
words = [rng.integers(0, size, rows) for size in sizes]
useful = min(numbers, 30)
hidden = np.maximum(x[:, :useful] @ rng.normal(size=(useful, 8)) * 3 / useful, 0)
truth = x[:, :useful] @ (rng.normal(size=useful) / useful ** 0.5) + hidden.sum(1) - hidden.sum(1).mean()
for size, word in zip(sizes, words):
    truth += rng.normal(size=size)[word] * 0.3
labels = (rng.random(rows) < 1 / (1 + np.exp(-truth))).astype(int)

header = [f'n{k}' for k in range(numbers)] + [f'c{k}' for k in range(categories)] + ['label']
with open(f'{folder}/{name}.csv', 'w') as file:
    file.write(','.join(header) + '\n')
    for i in range(rows):
        fields = ['%.5g' % value for value in x[i]]
        fields += [f'v{word[i]}' for word in words]
        file.write(','.join(fields) + f',{labels[i]}\n')

columns, offset = [], 0
for k in range(numbers):
    columns.append({'name': f'n{k}', 'kind': 'numeric', 'transform': 'none', 'mean': 0, 'std': 1, 'offset': offset, 'width': 1})
    offset += 1
for k, size in enumerate(sizes):
    names = sorted(f'v{word}' for word in range(size))
    columns.append({'name': f'c{k}', 'kind': 'categorical', 'categories': names, 'offset': offset, 'width': size})
    offset += size
json.dump({'clip': 10, 'columns': columns, 'F': offset}, open(f'{folder}/{name}.json', 'w'))

encoded = np.zeros((rows, offset), 'f4')
encoded[:, :numbers] = x
for column, word in zip(columns[numbers:], words):
    places = {text: column['offset'] + k for k, text in enumerate(column['categories'])}
    encoded[np.arange(rows), [places[f'v{w}'] for w in word]] = 1

net = torch.nn.Sequential(torch.nn.Linear(offset, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1))
optimizer = torch.optim.Adam(net.parameters(), 1e-3)
inputs, targets = torch.tensor(encoded), torch.tensor(labels).float()[:, None]
for _ in range(2):
    for batch in torch.randperm(rows // 2).split(256):
        optimizer.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(net(inputs[batch]), targets[batch]).backward()
        optimizer.step()
torch.onnx.export(net, inputs[:2], f'{folder}/{name}.onnx', input_names=['x'], output_names=['logit'],
                  dynamic_axes={'x': {0: 'rows'}, 'logit': {0: 'rows'}})
