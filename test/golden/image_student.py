# Runs a student of images in PyTorch from student.safetensors, as docs/other-runtimes.md says: python3 image_student.py FILE < input.json
# input.json: { images: [rows x height x width x channels] of bytes in base64, rows, others: [[encoded columns]] }. Prints probabilities.
import base64
import json
import re
import sys

import numpy as np
import torch

docs = open('docs/other-runtimes.md').read()
for code in re.findall(r'```python\n(.*?)```', docs, re.S):
    if 'def load(' in code or 'def image_probability(' in code:
        exec(code)

given = json.load(sys.stdin)
layers, stages, meta = load_image_student(sys.argv[1])
column = next(c for c in json.loads(meta['preprocessing'])['columns'] if c.get('kind') == 'image')
shape = (given['rows'], *column['size'], column['channels'])
images = np.frombuffer(base64.b64decode(given['images']), np.uint8).reshape(shape)
others = torch.tensor(given['others'], dtype=torch.float32).reshape(given['rows'], -1)
print(json.dumps(image_probability(torch.from_numpy(images.copy()), others, layers, stages, meta).tolist()))
