#!/usr/bin/env bash
# MADAug beside other policies on 2,000 images of Fashion-MNIST: each arm with five seeds and the same number of steps. What has
# finished is not run again, what was stopped goes on, so that it may be interrupted at any time. Prints the table of test
# accuracies: mean, standard deviation over seeds, the gain of each class over no augmentation, and how the gains of classes go
# with their difficulty.
#
#   scripts/experiments/madaug.sh [SEEDS] [--set KEY=VALUE ...]
#
# Runs are left in runs/madaug/ARM-SEED.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seeds=${1:-5}
shift || true

settings_of() {
  case $1 in
    none) arm_settings=(--set views.preset=plain --set views.cutout=0 --set 'policy={type: none}') ;;
    fixed) arm_settings=(--set 'policy={type: none}') ;;
    uniform) arm_settings=(--set 'policy={type: uniform}') ;;
    rand_augment) arm_settings=(--set 'policy={type: rand_augment}') ;;
    trivial_augment) arm_settings=(--set 'policy={type: trivial_augment_wide}') ;;
    madaug) arm_settings=() ;;
  esac
}

for seed in $(seq "$seeds"); do
  for arm in none fixed uniform rand_augment trivial_augment madaug; do
    run=runs/madaug/$arm-$seed
    if [[ -f $run/report.html ]]; then
      continue
    fi
    resume=()
    if [[ -d $run ]]; then
      resume=(--resume)
    fi
    echo "==> $arm, seed $seed"
    settings_of "$arm"
    build/release/bin/inflow train configs/fashion-mnist-madaug.yaml --out "$run" "${resume[@]}" --set seed="$seed" \
      "${arm_settings[@]}" "$@" >/dev/null
  done
done

.venv/bin/python3 scripts/experiments/madaug_table.py runs/madaug
