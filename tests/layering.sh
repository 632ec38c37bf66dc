#!/bin/sh
# Fails when a file includes from a room above its own, or from a neighbour:
#   base < concurrent, parse, frontier, writer < extract, archive, fetch
#        < engine < cli
# and when a public header names a library that is an implementation detail.
# Usage: layering.sh SOURCE_DIR
set -eu
cd "${1:-.}"

level() {
  case $1 in
    base) echo 0 ;;
    concurrent | parse | frontier | writer) echo 1 ;;
    extract | archive | fetch) echo 2 ;;
    engine) echo 3 ;;
    cli) echo 4 ;;
    *) echo 9 ;;
  esac
}

bad=0
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

if grep -nE '#include [<"](curl|openssl|nghttp2|ares|libdeflate|zstd|gumbo|CLI|spdlog|sqlite3|re2|libpsl|idn2|rapidjson|libxml)' \
  -r include/crawl; then
  echo "a public header names a library that is an implementation detail"
  bad=1
fi
exit $bad
