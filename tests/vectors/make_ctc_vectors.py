#!/usr/bin/python3
"""Makes the float64 vectors of connectionist temporal classification (.safetensors).

    /usr/bin/python3 make_ctc_vectors.py [OUTPUT_FOLDER]      default: this folder

ctc          CASE/logits [T,B,V], CASE/labels (I64, the rows' labels one after another), CASE/label_lengths and CASE/input_lengths (I64, [B]),
             CASE/upstream [B], CASE/losses [B] (ctc_loss of log_softmax(logits), reduction none), CASE/mean (scalar, reduction mean),
             CASE/grad/logits of sum(upstream * losses).
Metadata `case:CASE` is a JSON object with blank and zeroInfinity.
"""

import json
import os
import sys

import numpy
import torch

import safetensors_numpy
import vector_files

CASES = {
    "one_step": dict(steps=1, classes=3, blank=0, lengths=[1], labels=[[2]]),
    "lengths": dict(steps=12, classes=5, blank=0, lengths=[12, 7, 9, 4], labels=[[1, 2, 3, 4], [4, 3, 2], [1], [2, 4]]),
    "repeats": dict(steps=9, classes=4, blank=0, lengths=[9, 9, 5], labels=[[1, 1, 1, 1], [2, 3, 3, 2], [1, 1, 1]]),
    "empty_targets": dict(steps=6, classes=4, blank=0, lengths=[6, 3, 5], labels=[[], [], [2]]),
    "blank_in_the_middle": dict(steps=8, classes=6, blank=3, lengths=[8, 6], labels=[[0, 5, 4], [1, 2, 2, 0]]),
    "large_logits": dict(steps=10, classes=5, blank=4, lengths=[10, 8], labels=[[0, 1, 2], [3, 3]], bound=60.0),
    "target_too_long": dict(steps=5, classes=4, blank=0, lengths=[5, 3, 4, 2], labels=[[1, 2], [1, 2, 3, 1], [2, 2, 2], [3]]),
    "target_too_long_zeroed": dict(steps=5, classes=4, blank=0, lengths=[5, 3, 4, 2], labels=[[1, 2], [1, 2, 3, 1], [2, 2, 2], [3]], zero=True),
}


def make():
    tensors, metadata = {}, {}
    random = numpy.random.RandomState(21)
    for name, case in CASES.items():
        rows, zero = len(case["lengths"]), case.get("zero", False)
        logits = vector_files.uniform(random, (case["steps"], rows, case["classes"]), case.get("bound", 2.0)).requires_grad_()
        upstream = vector_files.uniform(random, (rows,), 1.0)
        labels = torch.tensor([label for row in case["labels"] for label in row], dtype=torch.int64)
        label_lengths = torch.tensor([len(row) for row in case["labels"]])
        input_lengths = torch.tensor(case["lengths"])

        def loss(reduction):
            return torch.nn.functional.ctc_loss(
                torch.log_softmax(logits, 2), labels, input_lengths, label_lengths, case["blank"], reduction, zero)

        losses = loss("none")
        (gradient,) = torch.autograd.grad((losses * upstream).sum(), [logits])
        tensors[name + "/logits"] = vector_files.exact_float32(logits)
        tensors[name + "/upstream"] = vector_files.exact_float32(upstream)
        tensors[name + "/labels"] = labels.numpy()
        tensors[name + "/label_lengths"] = label_lengths.numpy()
        tensors[name + "/input_lengths"] = input_lengths.numpy()
        tensors[name + "/losses"] = losses.detach().numpy()
        tensors[name + "/mean"] = loss("mean").detach().numpy()
        tensors[name + "/grad/logits"] = gradient.numpy()
        metadata["case:" + name] = json.dumps(dict(blank=case["blank"], zeroInfinity=zero))
    return tensors, metadata


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    vector_files.prepare()
    tensors, metadata = make()
    metadata.update(vector_files.versions("make_ctc_vectors.py"))
    safetensors_numpy.write(os.path.join(folder, "ctc.safetensors"), tensors, metadata)


if __name__ == "__main__":
    main()
