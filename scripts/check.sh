#!/usr/bin/env bash
# Sets up, builds, and passes all tests: the layers below LibTorch under the address and undefined-behavior
# sanitizers, then everything, optimized. Ends with ctest's summary of the latter.

source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

say "building build/asan"
cmake --preset asan
cmake --build --preset asan
say "testing build/asan"
ctest --preset asan

say "building build/check"
cmake --preset check
cmake --build --preset check
say "compiling every public header by itself"
cmake --build --preset check --target all_verify_interface_header_sets
say "testing build/check"
ctest --preset check-all
