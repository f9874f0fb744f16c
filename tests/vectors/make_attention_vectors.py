#!/usr/bin/python3
"""Makes the float64 vectors of attention (attention.safetensors).

    /usr/bin/python3 make_attention_vectors.py [OUTPUT_FOLDER]      default: this folder

CASE/queries [T,B,Q], CASE/values [S,B,K], CASE/lengths (I64, steps of each sequence), CASE/upstream [T,B,K]: the gradient of the context;
CASE/parameter/NAME by the names of GpuRnn.Layers.Attention; CASE/context, CASE/weights [T,B,S], CASE/grad/queries, CASE/grad/values,
CASE/grad/NAME. Plain torch operations from the papers' formulas: additive Bahdanau 2015, dot, general and concat Luong 2015; absent steps
are filled with -inf before the softmax. Scaled scores (Vaswani 2017) are held against PyTorch's own scaled dot-product attention. Metadata `case:CASE` is a JSON object with the options by .NET name.
"""

import json
import os
import sys

import numpy
import torch

import safetensors_numpy
import vector_files

T, LENGTHS, A = 3, [4, 1, 3], 5


def scores(kind, queries, values, parameters):
    """e [T,B,S]."""
    if kind == "dot":
        return torch.einsum("tbk,sbk->tbs", queries, values)
    if kind == "general":
        return torch.einsum("tbq,qk,sbk->tbs", queries, parameters["weight"], values)
    steps, count = queries.shape[0], values.shape[0]
    if kind == "additive":
        inner = (queries @ parameters["query.weight"].T)[:, None] + (values @ parameters["key.weight"].T)[None]
    else:
        both = torch.cat([queries[:, None].expand(-1, count, -1, -1), values[None].expand(steps, -1, -1, -1)], dim=-1)
        inner = both @ parameters["weight"].T
    return torch.einsum("tsba,a->tbs", torch.tanh(inner), parameters["vector"])


def shapes(kind, query, value):
    return {
        "dot": {},
        "general": {"weight": (query, value)},
        "additive": {"query.weight": (A, query), "key.weight": (A, value), "vector": (A,)},
        "concat": {"weight": (A, query + value), "vector": (A,)},
    }[kind]


def pytorchs(queries, keys, values, present):
    """The context as PyTorch's own attention gives it: one sequence of the batch after the other, its steps that are there alone."""
    rows = []
    for row in range(queries.shape[1]):
        own = present[:, row]
        rows.append(torch.nn.functional._scaled_dot_product_attention(queries[None, :, row], keys[None, own, row], values[None, own, row])[0][0])
    return torch.stack(rows, dim=1)


def make():
    tensors, metadata = {}, {}
    random = numpy.random.RandomState(31)
    for kind, scaled in [(kind, False) for kind in ("additive", "dot", "general", "concat")] + [("dot", True), ("general", True)]:
        case = kind + ("_scaled" if scaled else "")
        query, value = 4, 4 if kind == "dot" else 6
        batch, count = len(LENGTHS), max(LENGTHS)
        queries = vector_files.uniform(random, (T, batch, query), 1.0).requires_grad_()
        values = vector_files.uniform(random, (count, batch, value), 1.0).requires_grad_()
        upstream = vector_files.uniform(random, (T, batch, value), 1.0)
        parameters = {name: vector_files.uniform(random, shape, 0.8).requires_grad_() for name, shape in shapes(kind, query, value).items()}
        present = torch.tensor([[step < length for length in LENGTHS] for step in range(count)])
        e = scores(kind, queries, values, parameters) / (query ** 0.5 if scaled else 1.0)
        weights = torch.softmax(e.masked_fill(~present.T[None], float("-inf")), dim=-1)
        context = torch.einsum("tbs,sbk->tbk", weights, values)
        if scaled:
            keys = values if kind == "dot" else values @ parameters["weight"].T
            vector_files.require_equal(case, context, pytorchs(queries, keys, values, present))
        wanted = dict(queries=queries, values=values, **parameters)
        gradients = torch.autograd.grad(context, list(wanted.values()), upstream)
        for name, tensor in (("queries", queries), ("values", values), ("upstream", upstream)):
            tensors["%s/%s" % (case, name)] = vector_files.exact_float32(tensor)
        for name, tensor in parameters.items():
            tensors["%s/parameter/%s" % (case, name)] = vector_files.exact_float32(tensor)
        tensors[case + "/lengths"] = numpy.array(LENGTHS)
        tensors[case + "/context"] = context.detach().numpy()
        tensors[case + "/weights"] = weights.detach().numpy()
        for name, gradient in zip(wanted, gradients):
            tensors["%s/grad/%s" % (case, name)] = gradient.numpy()
        metadata["case:" + case] = json.dumps(dict(score=kind, isScaled=scaled, querySize=query, valueSize=value, attentionSize=A))
    return tensors, metadata


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    vector_files.prepare()
    tensors, metadata = make()
    metadata.update(vector_files.versions(os.path.basename(__file__)))
    safetensors_numpy.write(os.path.join(folder, "attention.safetensors"), tensors, metadata)


if __name__ == "__main__":
    main()
