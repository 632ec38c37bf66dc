#!/bin/sh
# Installs readers of archives, and of reports (axe-core), that are not ours
# (npm) under a build folder, for tests/foreign/readers_test.mjs and
# tests/report/browser_test.py. With --npm, npm itself too, if it is missing.
# Usage: sh tests/foreign/install.sh BUILD_DIR [--npm]
set -eu
here=$(dirname "$0")
if ! command -v npm >/dev/null && [ "${2:-}" = --npm ]; then
  { apt-get update -q && apt-get install -y -q --no-install-recommends npm; } >&2 ||
    echo "install.sh: npm could not be installed" >&2
fi
mkdir -p "$1/foreign"
cp "$here/package.json" "$1/foreign/"
if ! command -v npm >/dev/null; then
  echo "install.sh: without npm (apt-get install npm) archives are not read by others" >&2
elif ! npm install --prefix "$1/foreign" --no-audit --no-fund --silent \
  --fetch-retries 1 --fetch-timeout 20000 --fetch-retry-maxtimeout 5000; then
  echo "install.sh: npm could not install readers of archives; none but ours reads them" >&2
fi
