"""Prints a Markdown table of NAME.gpurnn.json beside NAME.pytorch.json (and NAME.onnxruntime.json where present) in a folder."""
import json
import pathlib
import sys


def main():
    folder = pathlib.Path(sys.argv[1])
    rows = []
    peers = {}
    for ours_path in sorted(folder.glob("*.gpurnn.json")):
        name = ours_path.name.removesuffix(".gpurnn.json")
        ours = json.loads(ours_path.read_text(encoding="utf-8"))
        for peer in ("pytorch", "onnxruntime"):
            path = folder / f"{name}.{peer}.json"
            if not path.exists():
                continue
            theirs = json.loads(path.read_text(encoding="utf-8"))
            peers[theirs["peer"]] = theirs.get("blas", "")
            rows.append(
                f"| {name} | {peer} | {ours['milliseconds']:.3f} | {theirs['milliseconds']:.3f} | {ours['gflops']:.1f} "
                f"| {theirs['gflops']:.1f} | {theirs['milliseconds'] / ours['milliseconds']:.2f} | {ours.get('schedule', '')} |")
    if not rows:
        sys.exit(f"ratios.py: {folder} has no pair NAME.gpurnn.json and NAME.pytorch.json. Run bench/peers/compare.sh first.")
    for peer, blas in peers.items():
        print(f"{peer}{', ' + blas if blas else ''}")
    print()
    print("| work | peer | GpuRnn ms | peer ms | GpuRnn GFLOP/s | peer GFLOP/s | ratio | schedule |")
    print("|---|---|---|---|---|---|---|---|")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
