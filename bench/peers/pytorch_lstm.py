"""Times a recurrent layer in PyTorch: the peer of 'gpurnn bench', with the same options and the same JSON fields.

A training pass is forward, backward and the Adam update, as in 'gpurnn bench'. Inference runs in torch.inference_mode. GFLOP/s count the
products only: 2 * T * B * G * H * (I + H) for a forward pass, three times that for a training pass.
"""
import argparse
import json
import os
import statistics
import time

import torch

GATES = {"elman": 1, "lstm": 4, "gru": 3}
LAYERS = {"elman": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


def blas_name():
    """The BLAS library that this process has loaded: PyTorch's recurrent products run on it or on oneDNN."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        paths = {line.split()[-1] for line in maps if "blas" in line.lower() and ".so" in line}
    return ", ".join(sorted(os.path.realpath(path) for path in paths)) or "unknown"


def type_of(precision):
    """Sets what fp32 products may round their factors to, and gives the type of weights and data."""
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    torch.backends.cudnn.allow_tf32 = precision == "tf32"
    return {"fp16": torch.float16, "bf16": torch.bfloat16}.get(precision, torch.float32)


def make_pass(options):
    torch.manual_seed(1)
    place = {"device": options.device, "dtype": type_of(options.precision)}
    layer = LAYERS[options.cell](options.input, options.hidden).to(**place)
    inputs = torch.randn(options.time, options.batch, options.input).to(**place)
    if options.mode == "inference":
        def run():
            with torch.inference_mode():
                return layer(inputs)[0]
        return run

    optimizer = torch.optim.Adam(layer.parameters(), lr=1e-4, **({"fused": True} if options.device.startswith("cuda") else {}))

    def train():
        optimizer.zero_grad(set_to_none=False)
        loss = layer(inputs)[0].square().mean()
        loss.backward()
        optimizer.step()
        return loss
    return train


def measure(run, options, seconds):
    """Milliseconds of each pass, the device idle before and after it."""
    wait = torch.cuda.synchronize if options.device.startswith("cuda") else lambda: None
    end = time.perf_counter() + seconds / 3
    runs = 0
    while runs < 3 or time.perf_counter() < end:
        run()
        runs += 1
    wait()

    samples = []
    end = time.perf_counter() + seconds
    while len(samples) < 5 or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        wait()
        samples.append((time.perf_counter() - start) * 1e3)
    return samples


def result_of(options, samples):
    """The fields of 'gpurnn bench --json'."""
    median = statistics.median(samples)
    operations = 2 * options.time * options.batch * GATES[options.cell] * options.hidden * (options.input + options.hidden)
    if options.mode == "training":
        operations *= 3
    return {
        "device": options.device,
        "cell": options.cell,
        "input": options.input,
        "hidden": options.hidden,
        "batch": options.batch,
        "time": options.time,
        "mode": options.mode,
        "precision": options.precision,
        "threads": options.threads,
        "milliseconds": median,
        "millisecondsMin": min(samples),
        "millisecondsMax": max(samples),
        "microsecondsPerStep": median * 1e3 / options.time,
        "gflops": operations / median / 1e6,
        "runs": len(samples),
        "peer": f"PyTorch {torch.__version__}",
        "blas": blas_name(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cell", choices=sorted(GATES), default="lstm")
    parser.add_argument("--input", type=int, default=128)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--time", type=int, default=64)
    parser.add_argument("--mode", choices=("inference", "training"), default="inference")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu", help="cpu or cuda:N")
    parser.add_argument("--precision", choices=("fp32", "tf32", "fp16", "bf16"), default="fp32",
                        help="fp32 and tf32 store fp32; tf32 lets a GPU round factors; fp16 and bf16 store everything so")
    parser.add_argument("--seconds", type=float, default=3.0, help="time to measure for, after a warm-up of a third of it")
    parser.add_argument("--json", help="file to write; standard output without it")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    result = result_of(options, measure(make_pass(options), options, options.seconds))
    text = json.dumps(result, indent=2)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    else:
        print(text)


if __name__ == "__main__":
    main()
