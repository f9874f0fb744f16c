#!/usr/bin/python3
"""The protocol of docs/samples/promoters.cs in PyTorch: E. coli promoters, leave one out, bidirectional LSTM of 16 units.

    GPURNN_DATA=... /usr/bin/python3 bench/peers/pytorch_promoters.py [SEED ...]      default: 1 2 3; one core

Prints accuracy and seconds for each seed.
"""

import os
import sys
import time

import torch

HIDDEN, BATCH, EPOCHS, RATE, CLIP = 16, 21, 60, 0.005, 1.0


def read():
    path = os.path.join(os.environ["GPURNN_DATA"], "biology", "promoters.data")
    lines = [line.split(",") for line in open(path, encoding="ascii") if line.strip()]
    bases = torch.tensor([["acgt".index(letter) for letter in parts[2].strip()] for parts in lines])
    return torch.nn.functional.one_hot(bases, 4).float(), torch.tensor([1 if parts[0] == "+" else 0 for parts in lines])


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.recurrent = torch.nn.LSTM(4, HIDDEN, batch_first=True, bidirectional=True)
        self.answer = torch.nn.Linear(2 * HIDDEN, 2)

    def forward(self, x):
        return self.answer(self.recurrent(x)[0].mean(1))


def predict(inputs, classes, left, seed):
    torch.manual_seed(1000 * seed + left)
    others = torch.tensor([i for i in range(len(classes)) if i != left])
    model = Model()
    optimizer = torch.optim.Adam(model.parameters(), RATE)
    for _ in range(EPOCHS):
        for batch in others[torch.randperm(len(others))].split(BATCH):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(inputs[batch]), classes[batch]).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
            optimizer.step()
    with torch.no_grad():
        return int(model(inputs[left:left + 1])[0].argmax())


def main():
    torch.set_num_threads(1)
    inputs, classes = read()
    for seed in [int(text) for text in sys.argv[1:]] or [1, 2, 3]:
        start = time.time()
        right = sum(predict(inputs, classes, left, seed) == int(classes[left]) for left in range(len(classes)))
        print("seed %d: accuracy %.4f, %.1f s" % (seed, right / len(classes), time.time() - start), flush=True)


if __name__ == "__main__":
    main()
