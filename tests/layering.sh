#!/bin/sh
# Fails when a file includes from a room above its own, or from a neighbour:
#   base < concurrent, parse, frontier, writer < extract, archive, fetch, report
#        < check < engine < cli
# within parse and fetch from a sub-folder above its own or a neighbour:
#   text < html, robots, sitemap     curl < net < tls < http
# when another room than fetch includes libcurl, TLS or HTTP/2, and when a public header names a library that is an implementation detail.
# Usage: layering.sh SOURCE_DIR
set -eu
cd "${1:-.}"

level() {
  case $1 in
    base) echo 0 ;;
    concurrent | parse | frontier | writer) echo 1 ;;
    extract | archive | fetch | report) echo 2 ;;
    check) echo 3 ;;
    engine) echo 4 ;;
    cli) echo 5 ;;
    *) echo 9 ;;
  esac
}

sublevel() {
  case $1 in
    parse/text | fetch/curl) echo 0 ;;
    parse/html | parse/robots | parse/sitemap | fetch/net) echo 1 ;;
    fetch/tls | parse/css) echo 2 ;;
    fetch/http) echo 3 ;;
    *) echo none ;;
  esac
}

bad=0
for file in $(find src/parse src/fetch -mindepth 2 -name '*.h' -o -mindepth 2 -name '*.cpp'); do
  folder=${file#src/}
  folder=${folder%/*}
  own=$(sublevel "$folder")
  if [ "$own" = none ]; then
    echo "$file: tests/layering.sh does not know the folder '$folder'"
    bad=1
    continue
  fi
  for included in $(sed -n 's/^#include "\([a-z]*\/[a-z]*\)\/.*"/\1/p' "$file" | sort -u); do
    [ "$included" = "$folder" ] && continue
    [ "${included%%/*}" = "${folder%%/*}" ] || continue
    if [ "$(sublevel "$included")" -ge "$own" ]; then
      echo "$file: '$folder' may not include from '$included'"
      bad=1
    fi
  done
done

for file in $(find src include/crawl -name '*.h' -o -name '*.cpp' -o -name '*.inc'); do
  room=${file#src/}
  room=${room#include/crawl/}
  room=${room%%/*}
  for included in $(sed -n 's/^#include "\(crawl\/\)\{0,1\}\([a-z]*\)\/.*"/\2/p' "$file" | sort -u); do
    [ "$included" = "$room" ] && continue
    if [ "$(level "$included")" -ge "$(level "$room")" ]; then
      echo "$file: room '$room' may not include from room '$included'"
      bad=1
    fi
  done
done

if grep -nE '#include [<"](curl/|openssl/ssl|nghttp2/)' -r src include |
  grep -v '^src/fetch/'; then
  echo "only fetch includes libcurl, TLS and HTTP/2"
  bad=1
fi
if grep -nE '#include [<"](curl|openssl|nghttp2|ares|libdeflate|zstd|gumbo|CLI|spdlog|sqlite3|re2|libpsl|idn2|rapidjson|libxml|hiredis)' \
  -r include/crawl; then
  echo "a public header names a library that is an implementation detail"
  bad=1
fi
exit $bad
