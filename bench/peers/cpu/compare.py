"""Gives the same weights and inputs to GpuRnn, PyTorch and ONNX Runtime, checks that they agree, then times them turn by turn.

Every engine is a process that lives through the whole run and waits while another one works. Written: a table as Markdown, and JSON.
"""
import argparse
import json
import math
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import numpy

import cases
import onnx_model

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "tests" / "vectors"))
import safetensors_numpy  # noqa: E402

TOLERANCE = 1e-4
ROUNDS = 5
LEAST_PASSES = 15
TURN_SECONDS = 0.04

# Each engine works so long before it is timed. .NET compiles a method anew after 30 calls and again from what it saw, in the background, on a processor that one of
# two threads wants; our worker goes on until that is over.
WARM_UP_SECONDS = 0.4
MOST_WARM_UP_PASSES = 400

# The roof is the best of so many measurements: in some moments both processors of a virtual machine reach what one does otherwise.
ROOFS = 4

# Threads of a peer go on spinning for some milliseconds after their work; nobody else is timed until they sleep.
PAUSE_SECONDS = 0.03


class Worker:
    """A process that answers a line of JSON with a line of JSON."""

    def __init__(self, name, command):
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    def ask(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"compare.py: {self.name} ended with {self.process.wait()} at {json.dumps(request)[:200]}. Its message stands above.")
        return json.loads(line)

    def close(self):
        self.process.stdin.write('{"do":"quit"}\n')
        self.process.stdin.close()
        self.process.wait(timeout=20)


def make_data(case, folder):
    """Weights as PyTorch draws them, and inputs; the files that the workers read."""
    random = numpy.random.default_rng(1)
    bound = 1.0 / math.sqrt(case["hidden"])
    gates = cases.GATES[case["cell"]]
    arrays = {}
    width = case["input"]
    for layer in range(case["layers"]):
        for suffix in ["", "_reverse"] if case["bidirectional"] else [""]:
            for name, shape in (
                    ("weight_ih", (gates * case["hidden"], width)), ("weight_hh", (gates * case["hidden"], case["hidden"])),
                    ("bias_ih", (gates * case["hidden"],)), ("bias_hh", (gates * case["hidden"],))):
                arrays[f"{name}_l{layer}{suffix}"] = random.uniform(-bound, bound, shape).astype(numpy.float32)
        width = case["hidden"] * (2 if case["bidirectional"] else 1)
    arrays["x"] = random.standard_normal((case["time"], case["batch"], case["input"])).astype(numpy.float32)
    safetensors_numpy.write(folder / "data.safetensors", arrays)
    arrays["x"].tofile(folder / "x.bin")
    if not case["training"]:
        onnx_model.write(str(folder / "model.onnx"), case, arrays)


def difference(ours, theirs):
    """The largest difference, divided by the largest value."""
    return float(numpy.max(numpy.abs(ours - theirs)) / max(1e-30, numpy.max(numpy.abs(theirs))))


def prepare(case, workers, folder):
    """Lets every engine run once; gives how far apart they are."""
    make_data(case, folder)
    results = {}
    for name, worker in workers.items():
        request = {"do": "prepare", **case, "data": str(folder / "data.safetensors"), "model": str(folder / "model.onnx"),
                   "inputs": str(folder / "x.bin"), "results": str(folder / f"{name}.results")}
        answer = worker.ask(request)
        if name == "gpurnn":
            plan = answer["plan"]
        if name == "onnx":
            shape = results["gpurnn"]["y"].shape
            results[name] = {"y": numpy.fromfile(folder / "onnx.results", dtype=numpy.float32).reshape(shape)}
        else:
            results[name], _ = safetensors_numpy.read(folder / f"{name}.results")
    worst = 0.0
    for name, theirs in results.items():
        for key, array in theirs.items():
            apart = difference(results["gpurnn"][key], array)
            if not apart <= TOLERANCE:
                sys.exit(f"compare.py: {cases.name(case)}: {key} differs from {name}'s by {apart:.2e} of its largest value, but at most {TOLERANCE} "
                         "may be. Nothing was timed.")
            worst = max(worst, apart)
    return plan, worst


def warm_up(name, worker):
    """Lets an engine reach its pace; gives the milliseconds of a pass."""
    if name == "gpurnn":
        return statistics.median(worker.ask({"do": "warm"})["milliseconds"])
    first = worker.ask({"do": "time", "passes": 2})["milliseconds"]
    if sum(first) > WARM_UP_SECONDS * 1e3:
        return first[-1]
    passes = min(MOST_WARM_UP_PASSES, math.ceil(WARM_UP_SECONDS * 1e3 / max(first[-1], 1e-3)))
    return statistics.median(worker.ask({"do": "time", "passes": passes})["milliseconds"])


def measure(workers):
    """Milliseconds of passes, in rounds in which each engine has its turn."""
    samples = {name: [] for name in workers}
    passes = {}
    for name, worker in workers.items():
        first = warm_up(name, worker)
        time.sleep(PAUSE_SECONDS)
        passes[name] = max(math.ceil(LEAST_PASSES / ROUNDS), math.ceil(TURN_SECONDS * 1e3 / max(first, 1e-3)))
    for _ in range(ROUNDS):
        for name, worker in workers.items():
            samples[name] += worker.ask({"do": "time", "passes": passes[name]})["milliseconds"]
            time.sleep(PAUSE_SECONDS)
    return samples


def row_of(case, samples, plan, worst, peak):
    medians = {name: statistics.median(values) for name, values in samples.items()}
    rate = cases.operations(case) / medians["gpurnn"] / 1e6
    return {"name": cases.name(case), "case": {key: value for key, value in case.items() if key != "lengths"}, "ragged": bool(case["lengths"]),
            "milliseconds": medians, "least": {name: min(values) for name, values in samples.items()},
            "passes": {name: len(values) for name, values in samples.items()}, "gflops": rate, "shareOfPeak": rate / peak[case["threads"]],
            "microsecondsPerStep": medians["gpurnn"] * 1e3 / case["time"], "largestDifference": worst, "plan": plan}


def table_of(rows):
    lines = ["| work | GpuRnn ms | PyTorch ms | ratio | ONNX Runtime ms | ratio | GpuRnn GFLOP/s | of peak |", "|---|---|---|---|---|---|---|---|"]
    for row in rows:
        times = row["milliseconds"]
        cells = [row["name"], f"{times['gpurnn']:.3f}"]
        for peer in ("torch", "onnx"):
            cells += [f"{times[peer]:.3f}", f"{times[peer] / times['gpurnn']:.2f}"] if peer in times else ["-", "-"]
        lines.append("| " + " | ".join([*cells, f"{row['gflops']:.0f}", f"{100 * row['shareOfPeak']:.0f} %"]) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="seven cases in place of all")
    parser.add_argument("--only", default="", help="only cases whose name holds this text")
    parser.add_argument("--out", help="folder for table.md and results.json")
    options = parser.parse_args()
    chosen = [one for one in (cases.quick() if options.quick else cases.usual()) if options.only in cases.name(one)]
    if not chosen:
        sys.exit(f"compare.py: --only '{options.only}' fits no case. Names are such as '{cases.name(cases.quick()[0])}'.")

    start = time.time()
    workers = {
        "gpurnn": Worker("GpuRnn", ["dotnet", "bench/GpuRnn.Bench/bin/Release/net10.0/GpuRnn.Bench.dll", "peer"]),
        "torch": Worker("PyTorch", [sys.executable, str(HERE / "torch_worker.py")]),
        "onnx": Worker("ONNX Runtime", ["node", str(HERE / "onnx_worker.mjs")]),
    }
    versions = [workers[name].ask({"do": "version"})["version"] for name in ("torch", "onnx")]
    roof = {threads: [workers["gpurnn"].ask({"do": "peak", "threads": threads}) for _ in range(ROOFS)] for threads in (1, 2)}
    peak = {threads: max(one["gflops"] for one in ones) for threads, ones in roof.items()}
    third = {threads: max(one["thirdLevelGigabytes"] for one in ones) for threads, ones in roof.items()}
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")), "unknown")
    print(f"{processor}; commit {commit}; {'; '.join(versions)}")
    print(f"peak of multiply-adds: {peak[1]:.0f} GFLOP/s with one thread, {peak[2]:.0f} with two")
    print(f"reads from the third-level cache: {third[1]:.0f} GB/s with one thread, {third[2]:.0f} with two", flush=True)

    folder = pathlib.Path(tempfile.mkdtemp(prefix="gpurnn-peers-"))
    rows = []
    try:
        for case in chosen:
            taking_part = {name: worker for name, worker in workers.items() if name != "onnx" or not case["training"]}
            plan, worst = prepare(case, taking_part, folder)
            rows.append(row_of(case, measure(taking_part), plan, worst, peak))
            print(table_of(rows[-1:]).splitlines()[-1], flush=True)
    finally:
        shutil.rmtree(folder)
        for worker in workers.values():
            worker.close()

    print(f"\n{table_of(rows)}\n\n{time.time() - start:.0f} s")
    if options.out:
        out = pathlib.Path(options.out)
        out.mkdir(parents=True, exist_ok=True)
        (out / "table.md").write_text(table_of(rows) + "\n", encoding="utf-8")
        (out / "results.json").write_text(json.dumps(
            {"processor": processor, "commit": commit, "versions": versions, "peakGflops": peak, "thirdLevelGigabytes": third, "seconds": time.time() - start, "rows": rows},
            indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
