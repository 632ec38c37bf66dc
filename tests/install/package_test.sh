#!/bin/sh
# The Debian package: lintian has no error, it installs, runs and goes away.
# Usage: package_test.sh BUILD_DIR
set -eu
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*" >&2; exit 1; }

(cd "$build" && cpack -G DEB -B "$work/out") >"$work/log" 2>&1 ||
  fail "cpack: $(cat "$work/log")"
package=$(ls "$work"/out/*.deb)
lintian --allow-root --fail-on error "$package" >"$work/lintian" 2>&1 ||
  fail "lintian: $(cat "$work/lintian")"

# Every library that the binary was linked with is named.
depends=$(dpkg-deb -f "$package" Depends)
for library in libc6 libcurl4 libsqlite3-0 libstdc++6; do
  case $depends in
    *"$library"*) ;;
    *) fail "'$library' is missing in Depends: $depends" ;;
  esac
done

# Into a folder that is a bare machine to dpkg: it knows of no other package.
root=$work/root
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates"
: >"$root/var/lib/dpkg/status"
dpkg_there() {
  dpkg --root="$root" --force-not-root --force-depends --log=/dev/null "$@" \
    >"$work/log" 2>&1 || fail "dpkg $*: $(cat "$work/log")"
}
dpkg_there -i "$package"
for file in bin/crawl share/man/man1/crawl.1.gz \
  share/bash-completion/completions/crawl \
  share/zsh/vendor-completions/_crawl \
  share/fish/vendor_completions.d/crawl.fish \
  share/doc/crawl-cli/copyright share/doc/crawl-cli/changelog.gz; do
  [ -f "$root/usr/$file" ] || fail "$file is not in the package"
done
[ "$("$root/usr/bin/crawl" --version)" = "$("$build/crawl" --version)" ] ||
  fail "the installed program is another one"
status=0
"$root/usr/bin/crawl" -q "nothing://there" >"$work/record" || status=$?
[ $status = 1 ] && grep -q unsupported_scheme "$work/record" ||
  fail "the installed program does not run"
dpkg_there -r crawl-cli
[ -z "$(find "$root/usr" -type f)" ] || fail "removed, it leaves files behind"
