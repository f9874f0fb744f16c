"""PyTorch's times of the convolutions that `GpuRnn.Bench convolutions` measures: medians, forward and with both gradients behind it."""
import statistics
import sys
import time

import torch

SHAPES = [
    ("[T=1000, B=8, C=64], 64 filters of 5 steps", torch.nn.Conv1d(64, 64, 5, padding=2), (8, 64, 1000)),
    ("[T=20000, B=1, C=32], 32 filters of 3 steps", torch.nn.Conv1d(32, 32, 3, padding=1), (1, 32, 20000)),
    ("[N=100, H=28, W=28, C=1], 16 filters of 3 by 3", torch.nn.Conv2d(1, 16, 3, padding=1), (100, 1, 28, 28)),
    ("[N=32, H=32, W=32, C=16], 32 filters of 3 by 3", torch.nn.Conv2d(16, 32, 3, padding=1), (32, 16, 32, 32)),
    ("[N=8, H=56, W=56, C=64], 64 filters of 3 by 3", torch.nn.Conv2d(64, 64, 3, padding=1), (8, 64, 56, 56)),
    ("[N=1, H=224, W=224, C=3], 32 filters of 3 by 3, stride 2", torch.nn.Conv2d(3, 32, 3, 2, padding=1), (1, 3, 224, 224)),
]


def median(work):
    times = []
    for _ in range(45):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def main():
    torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads")
    print("| convolution | forward, ms | with backward, ms |\n|---|---:|---:|")
    for name, layer, shape in SHAPES:
        x = torch.rand(shape).requires_grad_()
        upstream = torch.zeros_like(layer(x))
        print(f"| {name} | {median(lambda: layer(x)):.3f} | {median(lambda: layer(x).backward(upstream)):.3f} |")


if __name__ == "__main__":
    main()
