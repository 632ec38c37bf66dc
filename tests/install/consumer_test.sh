#!/bin/sh
# A program of ten lines builds against the installed tree and runs; so does the
# README's, a whole crawl.
# Usage: consumer_test.sh BUILD_DIR SOURCE_DIR CXX_COMPILER [LINKER_FLAGS]
set -eu
build=$1
source=$2
compiler=$3
flags=${4:-}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/prefix" >"$work/log"
test -x "$work/prefix/bin/crawl"
for file in man/man1/crawl.1 bash-completion/completions/crawl \
  zsh/site-functions/_crawl fish/vendor_completions.d/crawl.fish; do
  test -s "$work/prefix/share/$file" || { echo "$file is missing"; exit 1; }
done
mkdir "$work/build"
sed -n '/^```cpp$/,/^```$/p' "$source/README.md" | sed '/^```/d' \
  >"$work/build/example.cpp"
cmake -S "$source/tests/install/consumer" -B "$work/build" -G Ninja \
  -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_CXX_FLAGS="$flags" >>"$work/log" 2>&1 &&
  cmake --build "$work/build" >>"$work/log" 2>&1 ||
  { cat "$work/log"; exit 1; }
printed=$("$work/build/consumer")
[ "$printed" = 30 ] || { echo "the consumer printed '$printed', not 30"; exit 1; }

"$build/tests/support/demo_site" --root "$source/data/sites/tiny" \
  >"$work/server.log" 2>&1 &
server=$!
tries=0
until grep -q '^listening on ' "$work/server.log"; do
  tries=$((tries + 1))
  [ $tries -le 600 ] && kill -0 "$server" || { cat "$work/server.log"; exit 1; }
  sleep 0.1
done
site=$(sed -n 's/^listening on //p' "$work/server.log")
title=$(sed -n 's/.*<title>\(.*\)<\/title>.*/\1/p' \
  "$source/data/sites/tiny/index.html")
printed=$("$work/build/example" "$site/")
[ "$printed" = "200 $site/ $title" ] ||
  { echo "the example printed '$printed'"; exit 1; }
status=0
printed=$("$work/build/example" "$site/" "$site/not-there") || status=$?
[ $status = 1 ] || { echo "the example ended with $status: $printed"; exit 1; }
