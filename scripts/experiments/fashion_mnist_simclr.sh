#!/usr/bin/env bash
# Trials for configs/fashion-mnist-simclr.yaml. Each trains on the first 50,000 training images and is judged on the other
# 10,000; the test images are never opened. A trial that has finished is not run again.
#
#   scripts/experiments/fashion_mnist_simclr.sh NAME [--set KEY=VALUE ...]
#
# The run is left in runs/trials/NAME; its table is appended to runs/trials/trials.txt.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

data=/usr/share/datasets/fashion-mnist
name=${1:?a name for the trial}
shift
run=runs/trials/$name
if [[ -f $run/report.html ]]; then
  echo "==> $name has finished before"
  exit
fi
resume=()
if [[ -d $run ]]; then
  resume=(--resume)
fi
build/release/bin/inflow pretrain configs/fashion-mnist-simclr.yaml --out "$run" "${resume[@]}" \
  --set source.select.count=50000 \
  --set evaluation.train.select.count=50000 \
  --set evaluation.test.of.images=$data/train-images-idx3-ubyte.gz \
  --set evaluation.test.of.labels=$data/train-labels-idx1-ubyte.gz \
  --set evaluation.test.select.first=50000 \
  "$@"
{
  printf '== %s  %s\n' "$name" "$*"
  tail -n 3 "$run/evaluation.txt"
  tail -n 1 "$run/metrics.jsonl"
} >>runs/trials/trials.txt
