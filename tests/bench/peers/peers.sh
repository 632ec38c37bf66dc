#!/bin/sh
# Measures crawl beside its peers: installs them (Debian packages, npm), builds
# crawl and runs every work load in turn. What cannot be installed is left out,
# and the result says so.
# Usage: sh tests/bench/peers/peers.sh [--rounds N] [--against BINARY] [--readme]
#        [--only WORKLOAD[,WORKLOAD...]]      (the others: see peers.py)
set -eu
cd "$(dirname "$0")/../../.."
sh data/install.sh bench
cmake -S . -B build -G Ninja -DCRAWL_BUILD_TESTS=OFF -DCRAWL_BUILD_DEMO=ON >/dev/null
cmake --build build
mkdir -p build/peers
cp tests/bench/peers/package.json tests/bench/peers/*.mjs build/peers/
if ! command -v npm >/dev/null; then
  echo "peers.sh: without npm (apt-get install npm) its contenders are left out" >&2
elif ! npm install --prefix build/peers --no-audit --no-fund --silent; then
  echo "peers.sh: npm could not install its contenders; they are left out" >&2
fi
exec python3 -B tests/bench/peers/peers.py "$@"
