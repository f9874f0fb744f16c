#!/usr/bin/python3
"""Makes the float64 vectors of layers over tokens (.safetensors).

    /usr/bin/python3 make_text_vectors.py [OUTPUT_FOLDER]      default: this folder

embedding    CASE/tokens (I64 [T,B]), CASE/weight [V,E], CASE/upstream [T,B,E], CASE/result, CASE/grad/weight.
             `case:CASE` is a JSON object with paddingIndex (null for none). Some tokens repeat, some never occur.
"""

import json
import os
import sys

import numpy
import torch

import safetensors_numpy
import vector_files


def make_embedding():
    tensors, metadata = {}, {}
    random = numpy.random.RandomState(5)
    for name, padding in (("plain", None), ("padding_first", 0), ("padding_last", 6)):
        tokens = torch.tensor([[0, 3, 3], [6, 0, 1], [3, 6, 5], [0, 0, 3]])
        weight = vector_files.uniform(random, (7, 4), 1.5).requires_grad_()
        upstream = vector_files.uniform(random, (4, 3, 4), 1.0)
        result = torch.nn.functional.embedding(tokens, weight, padding_idx=padding)
        result.backward(upstream)
        tensors.update({
            name + "/tokens": tokens.numpy(),
            name + "/weight": vector_files.exact_float32(weight),
            name + "/upstream": vector_files.exact_float32(upstream),
            name + "/result": result.detach().numpy(),
            name + "/grad/weight": weight.grad.numpy(),
        })
        metadata["case:" + name] = json.dumps(dict(paddingIndex=padding))
    return tensors, metadata


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    vector_files.prepare()
    tensors, metadata = make_embedding()
    metadata.update(vector_files.versions(os.path.basename(__file__)))
    safetensors_numpy.write(os.path.join(folder, "embedding.safetensors"), tensors, metadata)
    vector_files.write_versions(folder)


if __name__ == "__main__":
    main()
