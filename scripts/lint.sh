#!/usr/bin/env bash
# Says which of our files clang-format would change, and fails if there are any; with --fix, changes them.
# Needs the Debian package clang-format.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mode=(--dry-run -Werror)
if [[ ${1:-} == --fix ]]; then
  mode=(-i)
fi
git ls-files -z --cached --others --exclude-standard '*.cpp' '*.hpp' | xargs -0 clang-format "${mode[@]}"
