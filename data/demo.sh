#!/bin/sh
# The whole tour: installs what is missing (Debian packages), builds crawl into
# build/, starts the demo site on a free loopback port and crawls it, one URL at a
# time against pooled.
# Usage: sh data/demo.sh
set -eu
cd "$(dirname "$0")/.."
sh data/install.sh build
cmake -S . -B build -G Ninja -DCRAWL_BUILD_TESTS=OFF -DCRAWL_BUILD_DEMO=ON >/dev/null
cmake --build build

work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
build/demo_site --root data/sites/demo --latency 50ms --pages 200 --port 0 \
  --port-file "$work/port" --log "$work/access.log" >"$work/server.log" 2>&1 &
server=$!
tries=0
until [ -s "$work/port" ]; do
  tries=$((tries + 1))
  if [ $tries -gt 100 ] || ! kill -0 "$server" 2>/dev/null; then
    echo "demo.sh: the demo site did not start:" >&2
    cat "$work/server.log" >&2
    exit 1
  fi
  sleep 0.1
done
site=http://127.0.0.1:$(cat "$work/port")

show() { printf '\n$ %s\n' "$*" | sed "s|$work/||g"; "$@"; }
echo
echo "The demo site is at $site; it answers every request after 50 ms."
build/crawl -q --format jsonl --fields body "$site/urls.txt" |
  sed 's/^{"body":"//; s/"}$//; s/\\n/\n/g' | sed '/^$/d' >"$work/urls.txt"
show build/crawl "$work/urls.txt" --compare=8,64
echo
echo "One record a page, as JSON Lines where the output is a pipe or a file:"
show build/crawl "$work/urls.txt" -j 8 -o "$work/pages.jsonl"
head -n 1 "$work/pages.jsonl"
echo
echo "Now your own list: build/crawl urls.txt -j 8 | jq -r .title"
