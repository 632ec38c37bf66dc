#!/bin/sh
# Installs the Debian packages of data/packages.txt that are missing.
# Usage: install.sh build|test|bench     ("test" and "bench" include "build")
set -eu
list=$(dirname "$0")/packages.txt
case ${1:-} in
  build) kinds=build ;;
  test) kinds='build|test' ;;
  bench) kinds='build|bench' ;;
  *) echo "usage: install.sh build|test|bench" >&2; exit 2 ;;
esac

missing=
for package in $(sed -nE "s/^($kinds) //p" "$list"); do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "installing:$missing" >&2
if [ "$(id -u)" = 0 ]; then
  as_root=
elif command -v sudo >/dev/null; then
  as_root=sudo
else
  echo "install.sh: run this as root or install sudo; needed are:$missing" >&2
  exit 2
fi
$as_root apt-get update -q >&2
# shellcheck disable=SC2086  # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -q --no-install-recommends $missing >&2
