#!/usr/bin/env bash
# AdaInf on 1,000 images of Fashion-MNIST, from generators to tables: trains diffusion models (on the 1,000 images; the same for
# a tenth of the steps, a poor one; on 5,000 images), draws pools of them, audits the pools, diagnoses views without and with a
# pool, and pretrains every arm with the same number of steps and several seeds, as many runs at a time as there are cores.
# What has finished is not run again, what was stopped goes on, so that it may be interrupted at any time; settings must be
# those of the runs that are there. Prints the tables of docs/experiments/adainf.md and draws runs/adainf/adainf.png.
#
#   scripts/experiments/adainf.sh [SEEDS] [SEEDS_OF_SWEEPS]
#
# Needs build/release. Everything is left in runs/adainf.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seeds=${1:-3}
sweep_seeds=${2:-2}
inflow=build/release/bin/inflow
out=runs/adainf
data=/usr/share/datasets/fashion-mnist
train="type: idx, images: $data/train-images-idx3-ubyte.gz, labels: $data/train-labels-idx1-ubyte.gz"
drawn=10000

say() { printf '==> %s\n' "$*"; }

# --resume where there is a directory to resume.
resume() {
  if [[ -d $1 ]]; then echo --resume; fi
}

# The settings of a source without its braces: so many real images of each class.
real() {
  echo "type: subset, select: {type: per_class, count: $1}, of: {$train}"
}

generator() { # NAME IMAGES_OF_A_CLASS STEPS
  say "generator $1: $3 steps on ${2}0 images"
  # shellcheck disable=SC2046
  $inflow generate train configs/fashion-mnist-diffusion.yaml --out "$out/generator-$1" $(resume "$out/generator-$1") \
    --set source= --set "source={$(real "$2")}" --set views.flip=0 --set training.steps="$3" \
    --set training.schedule.warmup=200 >/dev/null
}

pool() { # NAME
  say "pool $1: $drawn samples"
  # shellcheck disable=SC2046
  $inflow generate sample "$out/generator-$1" --out "$out/pool-$1" $(resume "$out/pool-$1") --count "$drawn" >/dev/null
}

audit() { # NAME POOL
  say "audit of $1"
  # shellcheck disable=SC2046
  $inflow audit "$2" --real "{$(real 100)}" --out "$out/audit-$1" $(resume "$out/audit-$1") >/dev/null
}

# An arm is METHOD-POOL-GENERATED-COPIES-VIEWS-IMAGES: so many images of a pool beside so many real ones of each class, with
# views that are strong, weak (AdaInf's), or the least share of their crops.
settings_of() {
  local method pool generated copies views images real source
  IFS=- read -r method pool generated copies views images <<<"$1"
  real=$(real "$images")
  source="type: pool, path: $out/pool-$pool"
  if [[ $pool == shuffled ]]; then
    source="type: npz, path: $out/shuffled.npz"
  elif ((generated < drawn)); then
    source="type: subset, select: {type: range, count: $generated}, of: {$source}"
  fi
  if [[ $pool == none ]]; then
    source="{$real}"
  else
    source="{type: mixed, parts: [{$real, copies: $copies}, {$source}]}"
  fi
  arm_settings=(--set source= --set "source=$source" --set method.type="$method")
  case $views in
    strong) ;;
    weak) arm_settings+=(--set adainf=simple) ;;
    *) arm_settings+=(--set views.crop_min="$views") ;;
  esac
  # A queue of two runs through the real images, not of thirty.
  if [[ $method == moco_v2_plus ]]; then arm_settings+=(--set method.queue=2048); fi
}

# Becomes the program, for a signal that ends the jobs of this script to reach it.
pretrain() { # ARM SEED
  local run=$out/$1-seed$2 arm_settings
  say "$1, seed $2"
  settings_of "$1"
  # shellcheck disable=SC2046
  exec $inflow pretrain configs/fashion-mnist-adainf.yaml --out "$run" $(resume "$run") --set seed="$2" \
    "${arm_settings[@]}" >/dev/null
}

pretrain_all() { # SEEDS ARM...
  local last=$1 seed arm
  shift
  for seed in $(seq "$last"); do
    for arm in "$@"; do
      while (($(jobs -rp | wc -l) >= $(nproc))); do
        wait -n
      done
      pretrain "$arm" "$seed" &
    done
  done
  while (($(jobs -rp | wc -l) > 0)); do
    wait -n
  done
}

diagnose() { # NAME ARM SETTING...
  local file=$out/diagnosis-$1.json arm_settings
  if [[ -f $file ]]; then return; fi
  say "diagnosis $1"
  settings_of "$2"
  shift 2
  $inflow diagnose configs/fashion-mnist-adainf.yaml --json "${arm_settings[@]}" "$@" >"$file.part"
  mv "$file.part" "$file"
}

.venv/bin/python3 -m pip install --quiet --disable-pip-version-check -r scripts/experiments/requirements.txt
trap 'jobs -rp | xargs -r kill' EXIT
mkdir -p "$out"

generator good 100 4000
generator poor 100 400
generator large 500 4000
for name in good poor large; do
  pool "$name"
done
.venv/bin/python3 scripts/experiments/adainf_shuffled.py "$out/pool-good" "$out/shuffled.npz"
audit good "$out/pool-good"
audit poor "$out/pool-poor"
audit shuffled "$out/shuffled.npz"
for weaken in 0 0.5 1; do
  diagnose "$weaken" simclr-good-$drawn-1-strong-100 --set views.weaken="$weaken"
done

arms=(none-0-1-strong-100 good-$drawn-1-strong-100 good-$drawn-10-strong-100 good-$drawn-1-weak-100
  good-$drawn-10-weak-100 none-0-1-weak-100
  poor-$drawn-1-strong-100 poor-$drawn-10-strong-100
  shuffled-$drawn-1-strong-100 shuffled-$drawn-100-strong-100
  none-0-1-strong-500 large-$drawn-10-weak-500)
pretrain_all "$seeds" "${arms[@]/#/simclr-}" moco_v2_plus-none-0-1-strong-100 moco_v2_plus-good-$drawn-1-strong-100 \
  moco_v2_plus-good-$drawn-10-weak-100
sweeps=(good-$drawn-3-strong-100 good-$drawn-30-strong-100 good-$drawn-100-strong-100)
for crop in 0.2 0.4 0.6; do
  sweeps+=("none-0-1-$crop-100" "good-2000-10-$crop-100" "good-$drawn-10-$crop-100")
done
pretrain_all "$sweep_seeds" "${sweeps[@]/#/simclr-}" simclr-good-2000-10-strong-100

# How far training with each crop parts the views of different images.
for views in strong 0.2 0.4 0.6; do
  for arm in "simclr-none-0-1-$views-100" "simclr-good-$drawn-10-$views-100"; do
    for seed in $(seq "$sweep_seeds"); do
      diagnose "$arm-seed$seed" "$arm" --encoder "$out/$arm-seed$seed" --set seed="$seed" --set diagnosis.images=500 \
        --set diagnosis.generated=500
    done
  done
done

.venv/bin/python3 scripts/experiments/adainf_table.py "$out"
