#!/bin/sh
# Builds the fuzzers with clang and runs each for a while on its corpus.
# Usage: sh tests/fuzz/run.sh BUILD_DIR SECONDS [FUZZER...]
# CRAWL_FUZZ_SEED picks another walk (default 1; 0 is a new one each time).
set -eu
cd "$(dirname "$0")/../.."
build=$1
seconds=$2
shift 2
launcher=
command -v ccache >/dev/null && launcher=-DCMAKE_CXX_COMPILER_LAUNCHER=ccache
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1" \
  -DCMAKE_CXX_COMPILER=clang++-14 -DCRAWL_BUILD_TESTS=OFF \
  -DCRAWL_BUILD_FUZZERS=ON -DCRAWL_SANITIZE=fuzzer-no-link,address,undefined \
  $launcher >/dev/null
[ $# -gt 0 ] || set -- $(cd tests/fuzz && ls ./*_fuzz.cpp | sed 's|^\./||; s|\.cpp$||')
cmake --build "$build" --target "$@"
failed=0
for fuzzer in "$@"; do
  echo "== $fuzzer"
  found=$build/found/$fuzzer
  mkdir -p "$found"
  dictionary=
  [ -f "tests/fuzz/$fuzzer.dict" ] && dictionary=-dict=tests/fuzz/$fuzzer.dict
  corpus=
  [ -d "tests/fuzz/corpus/$fuzzer" ] && corpus=tests/fuzz/corpus/$fuzzer
  "$build/tests/$fuzzer" -seed="${CRAWL_FUZZ_SEED:-1}" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 \
    -artifact_prefix="$build/" -print_final_stats=1 $dictionary "$found" $corpus \
    2>"$build/$fuzzer.log" ||
    { failed=1; tail -n 60 "$build/$fuzzer.log"; }
  grep 'number_of_executed_units' "$build/$fuzzer.log" || true
done
exit $failed
