#!/usr/bin/env bash
# Runs 'gpurnn bench', PyTorch and ONNX Runtime one after the other on the same shapes, in one run on one machine, and prints the ratios.
#
#   bench/peers/compare.sh [OUTPUT-FOLDER]
#
# GPURNN_PYTHON names the interpreter that has PyTorch (default: /usr/bin/python3). THREADS defaults to 2.
# ONNX Runtime takes part once it is installed: (cd bench/peers/onnxruntime && npm install --ignore-scripts --no-package-lock), with
# python3-onnx for that interpreter. SHAPES is a list of cell:input:hidden:batch:time; MODES is inference, training or both.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${GPURNN_PYTHON:-/usr/bin/python3}
threads=${THREADS:-2}
output=${1:-$(mktemp -d)}
mkdir -p "$output"
onnx=bench/peers/onnxruntime
read -r -a shapes <<< "${SHAPES:-lstm:128:256:1:64 lstm:128:256:32:64 gru:128:256:32:64 lstm:512:512:64:32 lstm:1:32:32:48}"
read -r -a modes <<< "${MODES:-inference training}"

"$python" -c 'import torch' 2>/dev/null || { echo "compare.sh: $python has no PyTorch, but it is the peer. Set GPURNN_PYTHON, or apt-get install python3-torch."; exit 2; }
dotnet build -c Release -v q src/GpuRnn.Cli
tool=(dotnet src/GpuRnn.Cli/bin/Release/net10.0/GpuRnn.Cli.dll)

grep -m 1 'model name' /proc/cpuinfo || true
for shape in "${shapes[@]}"; do
    IFS=: read -r cell input hidden batch time <<< "$shape"
    for mode in "${modes[@]}"; do
        name="$cell-I$input-H$hidden-B$batch-T$time-$mode"
        arguments=(--cell "$cell" --input "$input" --hidden "$hidden" --batch "$batch" --time "$time" --mode "$mode" --threads "$threads")
        "$python" bench/peers/pytorch_lstm.py "${arguments[@]}" --json "$output/$name.pytorch.json"
        "${tool[@]}" bench --device cpu "${arguments[@]}" --json "$output/$name.gpurnn.json" >"$output/$name.log" \
            || { echo "compare.sh: 'gpurnn bench' failed for $name:"; tail -n 5 "$output/$name.log"; exit 1; }
        if [ -d "$onnx/node_modules" ] && [ "$mode" = inference ] && [ "$cell" != elman ]; then
            "$python" "$onnx/export.py" "$output/$name.onnx" --cell "$cell" --input "$input" --hidden "$hidden" --batch "$batch" --time "$time"
            node "$onnx/run.mjs" "$output/$name.onnx" "${arguments[@]}" --json "$output/$name.onnxruntime.json"
            rm "$output/$name.onnx"
        fi
    done
done
"$python" bench/peers/ratios.py "$output"
