#!/usr/bin/env bash
# From a fresh Debian 12 to a trained encoder: sets up, builds, and runs the main job, SimCLR on the
# images of Fashion-MNIST. Started again, it goes on where it was stopped, or prints the table again.

source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

say "building build/release/bin/inflow"
cmake --preset release
cmake --build --preset release

run=runs/fashion-mnist-simclr
resume=()
if [[ -d $run ]]; then
  resume=(--resume)
fi
say "training in $run"
build/release/bin/inflow pretrain configs/fashion-mnist-simclr.yaml --out "$run" "${resume[@]}"
