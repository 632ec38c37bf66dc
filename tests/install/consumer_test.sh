#!/bin/sh
# A program of ten lines builds against the installed tree and runs.
# Usage: consumer_test.sh BUILD_DIR SOURCE_DIR CXX_COMPILER [LINKER_FLAGS]
set -eu
build=$1
source=$2
compiler=$3
flags=${4:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/prefix" >"$work/log"
test -x "$work/prefix/bin/crawl"
for file in man/man1/crawl.1 bash-completion/completions/crawl \
  zsh/site-functions/_crawl fish/vendor_completions.d/crawl.fish; do
  test -s "$work/prefix/share/$file" || { echo "$file is missing"; exit 1; }
done
cmake -S "$source/tests/install/consumer" -B "$work/build" -G Ninja \
  -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_CXX_FLAGS="$flags" >>"$work/log" 2>&1 &&
  cmake --build "$work/build" >>"$work/log" 2>&1 ||
  { cat "$work/log"; exit 1; }
printed=$("$work/build/consumer")
[ "$printed" = 30 ] || { echo "the consumer printed '$printed', not 30"; exit 1; }
