// docs/teachers.md: the recipe for PyTorch makes a teacher that is read as it says, to PyTorch's own answers.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { denseMatrix } from '../../src/data/matrix.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { temporary } from '../cli/run.ts';

const python = '/usr/bin/python3';
const able = spawnSync(python, ['-c', 'import torch, torch.onnx, onnx']).status === 0;
if (!able) console.warn('skipped: no Python with torch and onnx, so the recipe of docs/teachers.md is not run');

test.runIf(able).each([
  ['torch.nn.Linear(6, 1)', 'logit'],
  ['torch.nn.Linear(6, 1), torch.nn.Sigmoid()', 'probability'],
  ['torch.nn.Linear(6, 2)', 'logits'],
  ['torch.nn.Linear(6, 2), torch.nn.Softmax(dim=1)', 'probabilities'],
] as const)('%s is %s', async (end, convention) => {
  const folder = temporary();
  const docs = readFileSync(new URL('../../docs/teachers.md', import.meta.url), 'utf8');
  const [, recipe = ''] = /```python\n(model\.eval[\s\S]*?)```/.exec(docs) ?? [];
  const program = `import torch
torch.manual_seed(1)
columns = 4
model = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.ReLU(), ${end})
with torch.no_grad():
    model[2].weight.mul_(20)
${recipe}
x = torch.arange(40).reshape(10, 4).float() / 10 - 2
y = model[:3](x)
margins = y[:, 0] if y.shape[1] == 1 else y[:, 1] - y[:, 0]
print(*margins.tolist())
`;
  writeFileSync(join(folder, 'export.py'), program);
  const { status, stdout, stderr } = spawnSync(python, ['export.py'], { cwd: folder, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const expected = (stdout.trim().split('\n').at(-1) as string).split(' ').map(Number);
  using teacher = await loadTeacher(join(folder, 'teacher.onnx'));
  expect(teacher.convention).toBe(convention);
  const x = Float32Array.from({ length: 40 }, (_, i) => i / 10 - 2);
  const { margins } = await teacher.margins(denseMatrix(x, 4));
  for (const [i, margin] of margins.entries()) expect(margin).toBeCloseTo(expected[i] as number, 4);
});
