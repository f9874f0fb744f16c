"""Runs 'gpurnn bench' and PyTorch's cuDNN layers on the same shapes on one GPU, turn by turn, and prints µs a step and ratios.

    python3 bench/peers/cudnn/compare.py --tool PATH-TO-GPURNN --device cuda:0 --output bench/results/FOLDER

Each shape is measured in rounds of one run of ours and one of each peer, so that a change of the GPU's clock meets both. Like stands beside
like: fp32 beside fp32 with TF32 forbidden, tf32 beside fp32 storage with TF32 allowed, and our bf16 (fp32 storage, bfloat16 factors) beside
cuDNN's fp16 and bf16, which store halves as well. What a side refuses is a row with the reason. A pass ends when the device is idle.
--shapes takes cell:input:hidden:batch:time; with --device cpu and a small shape the script can be tried without a GPU (times mean nothing
there: PyTorch's waiting threads take the processor from ours; use ../cpu/run.sh).
"""
import argparse
import json
import pathlib
import platform
import statistics
import subprocess
import sys

try:
    import torch
except ModuleNotFoundError:
    sys.exit(f"compare.py: {sys.executable} has no PyTorch, but cuDNN is measured through it. Run it with a Python that has, or: pip install torch.")

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import pytorch_lstm

SHAPES = ["lstm:512:512:32:25", "lstm:1024:1024:32:25", "lstm:256:256:16:150", "lstm:768:768:16:1024", "lstm:128:128:16:3854",
          "gru:1024:1024:32:1500"]
PEERS = {"fp32": ["fp32"], "tf32": ["tf32"], "bf16": ["fp16", "bf16"]}


def machine_of(device):
    if not device.startswith("cuda"):
        return f"{platform.processor() or platform.machine()}, PyTorch {torch.__version__}"
    driver = subprocess.run(["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"], capture_output=True, text=True, check=False)
    return (f"{torch.cuda.get_device_name(device)}, driver {driver.stdout.strip() or 'unknown'}, PyTorch {torch.__version__}, "
            f"CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}")


def options_of(shape, mode, precision, arguments):
    cell, input_size, hidden, batch, steps = shape.split(":")
    return argparse.Namespace(
        cell=cell, input=int(input_size), hidden=int(hidden), batch=int(batch), time=int(steps), mode=mode, precision=precision,
        device=arguments.device, threads=arguments.threads)


def run_ours(options, tool, path, limit):
    """One run of 'gpurnn bench': its result, or the reason for which it refused."""
    path.unlink(missing_ok=True)
    command = [*tool, "bench", "--json", str(path)]
    names = ("device", "cell", "input", "hidden", "batch", "time", "mode", "precision")
    for name in (*names, "threads") if options.device == "cpu" else names:
        command += [f"--{name}", str(getattr(options, name))]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=limit)
        if done.returncode != 0:
            lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
            return None, lines[-1] if lines else f"gpurnn ended with {done.returncode}"
        return json.loads(path.read_text(encoding="utf-8")), None
    except (OSError, ValueError, subprocess.TimeoutExpired) as failure:
        return None, f"gpurnn: {first_line(failure)}"


def median_of(results):
    return statistics.median(result["microsecondsPerStep"] for result in results)


def first_line(failure):
    return next(iter(str(failure).splitlines()), type(failure).__name__)


def make_peer(options):
    """A peer's pass, or the reason for which PyTorch refused."""
    try:
        return pytorch_lstm.make_pass(options), None
    except Exception as refusal:  # whatever stops one side must not lose the other's results
        return None, f"PyTorch: {first_line(refusal)}"


def run_peer(options, run, seconds):
    """One run of a peer: its result, or the reason for which PyTorch refused."""
    pytorch_lstm.type_of(options.precision)
    try:
        return pytorch_lstm.result_of(options, pytorch_lstm.measure(run, options, seconds)), None
    except Exception as refusal:  # whatever stops one side must not lose the other's results
        return None, f"PyTorch: {first_line(refusal)}"


def compare(shape, mode, precision, arguments, folder):
    """Rows of the table for one shape, mode and precision of ours."""
    ours, refused = [], None
    options = {peer: options_of(shape, mode, peer, arguments) for peer in PEERS[precision]}
    made = {peer: make_peer(options[peer]) for peer in options}
    runs = {peer: run for peer, (run, _) in made.items()}
    reasons = {peer: reason for peer, (_, reason) in made.items()}
    peers = {peer: [] for peer in options}
    for number in range(arguments.rounds):
        name = f"{shape.replace(':', '-')}-{mode}-{precision}-{number}"
        if refused is None:
            result, refused = run_ours(options_of(shape, mode, precision, arguments), arguments.tool, folder / f"{name}.gpurnn.json", arguments.limit)
            ours += [result] if result else []
        for peer in (peer for peer in options if reasons[peer] is None):
            result, reasons[peer] = run_peer(options[peer], runs[peer], arguments.seconds)
            if result:
                (folder / f"{name}.pytorch-{peer}.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
                peers[peer].append(result)
    for peer, results in peers.items():
        mine = median_of(ours) if ours else None
        theirs = median_of(results) if results else None
        notes = [ours[0]["schedule"]] if ours else []
        notes += [reason for reason in (refused, reasons[peer]) if reason]
        yield (f"| {shape} | {mode} | {precision} | {peer} | {f'{mine:.3f}' if mine else 'none'} | {f'{theirs:.3f}' if theirs else 'none'} "
               f"| {f'{theirs / mine:.2f}' if mine and theirs else ''} | {'; '.join(notes)} |")


def write(table, lines):
    """Replaces the table, so that what was measured stays when a later part is stopped."""
    partial = table.with_suffix(".partial")
    partial.write_text("\n".join(lines) + "\n", encoding="utf-8")
    partial.rename(table)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", nargs="+", required=True, help="the gpurnn executable, or: dotnet GpuRnn.Cli.dll")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--output", required=True, help="folder for the results as JSON and the table as table.md")
    parser.add_argument("--shapes", nargs="+", default=SHAPES, metavar="cell:I:H:B:T")
    parser.add_argument("--modes", nargs="+", choices=("inference", "training"), default=["inference", "training"])
    parser.add_argument("--precisions", nargs="+", choices=sorted(PEERS), default=["fp32", "tf32", "bf16"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.5, help="time of a peer's measurement in a round")
    parser.add_argument("--limit", type=float, default=300, help="seconds after which a run of gpurnn is given up")
    parser.add_argument("--threads", type=int, default=2, help="of the host, for --device cpu")
    arguments = parser.parse_args()
    if arguments.device.startswith("cuda") and not torch.cuda.is_available():
        sys.exit(f"compare.py: --device {arguments.device} arrived, but PyTorch sees no GPU. Run it on a machine with one, or try --device cpu.")

    torch.set_num_threads(arguments.threads)
    folder = pathlib.Path(arguments.output)
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"Machine: {machine_of(arguments.device)}. Rounds: {arguments.rounds}, turn by turn; medians, in µs a step.", "",
             "| cell:I:H:B:T | pass | GpuRnn | PyTorch | GpuRnn µs | PyTorch µs | ratio | schedule, refusals |", "|---|---|---|---|---|---|---|---|"]
    print("\n".join(lines), flush=True)
    for shape in arguments.shapes:
        for mode in arguments.modes:
            for precision in arguments.precisions:
                for row in compare(shape, mode, precision, arguments, folder):
                    print(row, flush=True)
                    lines.append(row)
                    write(folder / "table.md", lines)


if __name__ == "__main__":
    main()
