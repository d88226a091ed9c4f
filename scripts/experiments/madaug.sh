#!/usr/bin/env bash
# MADAug beside other policies on 2,000 images of Fashion-MNIST: each arm with five seeds and the same number of steps. As
# many runs at a time as there are cores. What has finished is not run again, what was stopped goes on, so that it may be
# interrupted at any time; settings must be those of the runs that are there. Prints the table of test accuracies (mean,
# standard deviation over seeds, the gain of each class over no augmentation, and how the gains of classes go with their
# difficulty) and draws runs/madaug/madaug.png.
#
#   scripts/experiments/madaug.sh [SEEDS] [--set KEY=VALUE ...]
#
# Needs build/release. Runs are left in runs/madaug/ARM-SEED.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

madaug="type: madaug, tau: 15, learning_rate: 1e-2"
seeds=${1:-5}
shift || true

settings_of() {
  case $1 in
    none) arm_settings=(--set views.preset=plain --set views.cutout=0) ;;
    fixed) arm_settings=() ;;
    uniform) arm_settings=(--set policy.type=uniform) ;;
    rand_augment) arm_settings=(--set policy.type=rand_augment) ;;
    trivial_augment) arm_settings=(--set policy.type=trivial_augment_wide) ;;
    madaug) arm_settings=(--set "policy={$madaug}") ;;
    madaug_central) arm_settings=(--set "policy={$madaug, level_gradient: central_difference}") ;;
  esac
}

# Becomes the program, for a signal that ends the jobs of this script to reach it.
train() {
  local arm=$1 seed=$2 arm_settings resume=()
  shift 2
  local run=runs/madaug/$arm-$seed
  # Also of a run that has finished: one with other settings is refused.
  if [[ -d $run ]]; then
    resume=(--resume)
  fi
  echo "==> $arm, seed $seed"
  settings_of "$arm"
  exec build/release/bin/inflow train configs/fashion-mnist-reduced.yaml --out "$run" "${resume[@]}" --set seed="$seed" \
    "${arm_settings[@]}" "$@" >/dev/null
}

.venv/bin/python3 -m pip install --quiet --disable-pip-version-check -r scripts/experiments/requirements.txt
trap 'jobs -rp | xargs -r kill' EXIT
for seed in $(seq "$seeds"); do
  for arm in none fixed uniform rand_augment trivial_augment madaug madaug_central; do
    while (($(jobs -rp | wc -l) >= $(nproc))); do
      wait -n
    done
    train "$arm" "$seed" "$@" &
  done
done
while (($(jobs -rp | wc -l) > 0)); do
  wait -n
done

.venv/bin/python3 scripts/experiments/madaug_table.py runs/madaug
