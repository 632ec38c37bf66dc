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
pages=200
build/tests/support/demo_site --root data/sites/demo --latency 50ms \
  --pages $pages --log "$work/access.log" >"$work/server.log" 2>&1 &
server=$!
tries=0
until grep -q '^listening on ' "$work/server.log"; do
  tries=$((tries + 1))
  if [ $tries -gt 100 ] || ! kill -0 "$server" 2>/dev/null; then
    echo "demo.sh: the demo site did not start:" >&2
    cat "$work/server.log" >&2
    exit 1
  fi
  sleep 0.1
done
site=$(sed -n 's/^listening on //p' "$work/server.log")
{
  echo "# The demo site: its own pages, and $pages generated ones."
  (cd data/sites/demo && find . -name '*.html' | sort) | sed "s|^\.|$site|"
  seq -f "$site/p/%.0f.html" $pages
} >"$work/urls.txt"

# Shows a command as one would type it, and runs it in the work folder.
crawl=$PWD/build/crawl
cd "$work"
show() {
  printf '\n$ crawl %s\n' "$*"
  "$crawl" "$@"
}
echo
echo "The demo site is at $site and answers every request after 50 ms."
show urls.txt --compare=8,64
show urls.txt -j 8 -o pages.jsonl
printf '\n$ head -n 1 pages.jsonl\n'
head -n 1 pages.jsonl
show -r "$site/" -o site.jsonl
printf '\nNow your own list:  build/crawl urls.txt -j 8 | jq -r .title\n'
