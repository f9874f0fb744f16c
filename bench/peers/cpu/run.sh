#!/usr/bin/env bash
# Recurrent layers on the CPU beside PyTorch and ONNX Runtime: same weights, same inputs, checked against each other, timed turn by turn.
#
#   bench/peers/cpu/run.sh [--quick] [--only TEXT] [--out FOLDER]
#
# Installs what is missing and says so: PyTorch, its OpenBLAS and python3-onnx by apt-get, onnxruntime-node by npm into bench/peers/onnxruntime.
# GPURNN_PYTHON names the interpreter (default: /usr/bin/python3). The machine must be idle otherwise.
set -euo pipefail
cd "$(dirname "$0")/../../.."
python=${GPURNN_PYTHON:-/usr/bin/python3}

has() { "$python" -c "import $1" 2>/dev/null; }
if ! has torch || ! has onnx || ! has numpy; then
    echo "run.sh: $python lacks PyTorch, NumPy or onnx: apt-get install python3-torch python3-onnx libopenblas0-pthread"
    apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-torch python3-onnx libopenblas0-pthread >/dev/null
fi
if [ ! -d bench/peers/onnxruntime/node_modules/onnxruntime-node ]; then
    echo "run.sh: onnxruntime-node is missing: npm install into bench/peers/onnxruntime"
    (cd bench/peers/onnxruntime && npm install --ignore-scripts --no-package-lock --silent)
fi
dotnet build -c Release -v q bench/GpuRnn.Bench >/dev/null
exec "$python" bench/peers/cpu/compare.py "$@"
