# Sourced by quickstart.sh and check.sh. Puts in place what inflow is built with: Debian packages, and a
# virtual environment in the tree. What is there already is left as it is; nothing else is touched.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

say() { printf '==> %s\n' "$*"; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

install_packages() {
  command -v dpkg-query >/dev/null || fail "this is not Debian; install the like of scripts/packages.txt, then build by hand"
  local package missing=() sudo=()
  for package in $(sed 's/#.*//' scripts/packages.txt); do
    dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
      missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then
    say "Debian packages: all there"
    return
  fi
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "needs root for: apt-get install --no-install-recommends ${missing[*]}"
    sudo=(sudo)
  fi
  say "Debian packages: installing ${missing[*]}"
  "${sudo[@]}" apt-get update -q
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

# The stamp is written last, so that an environment left half made is made again.
make_environment() {
  local stamp=.venv/requirements.txt python=/usr/bin/python3
  if cmp -s scripts/requirements.txt "$stamp"; then
    say "Python packages: all in .venv"
    return
  fi
  "$python" -c 'import ensurepip, venv' 2>/dev/null || python=python3
  say "Python packages: installing $(grep -v '^#' scripts/requirements.txt | paste -s -d ' ') in .venv"
  "$python" -m venv .venv
  mkdir -p .cache/pip
  TMPDIR="$root/.cache/pip" .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
    -r scripts/requirements.txt
  rm -rf .cache/pip
  cp scripts/requirements.txt "$stamp"
}

# As many jobs as there are cores, but no more than memory allows: a file that uses LibTorch takes up to
# 2 GB to compile.
jobs_that_fit() {
  local cores fit
  cores=$(nproc)
  fit=$(awk '/^MemAvailable/ {print int($2 / 2e6)}' /proc/meminfo)
  echo $((fit < 1 ? 1 : fit < cores ? fit : cores))
}

install_packages
make_environment
export CCACHE_DIR="${CCACHE_DIR:-$root/.cache/ccache}"
export CMAKE_BUILD_PARALLEL_LEVEL="${CMAKE_BUILD_PARALLEL_LEVEL:-$(jobs_that_fit)}"
