#!/bin/sh
# Installs what is missing, builds, runs all tests.
# Usage: sh tests/run.sh [BUILD_DIR [CMAKE_OPTION...]]   (default: build)
set -eu
cd "$(dirname "$0")/.."
sh data/install.sh test

build=${1:-build}
[ $# -gt 0 ] && shift
sh tests/foreign/install.sh "$build"
launcher=
command -v ccache >/dev/null && launcher=-DCMAKE_CXX_COMPILER_LAUNCHER=ccache
cmake -S . -B "$build" -G Ninja -DCRAWL_BUILD_TESTS=ON $launcher "$@"
cmake --build "$build"
ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$(nproc)"
