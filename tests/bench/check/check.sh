#!/bin/sh
# crawl --check beside linkchecker and linkinator on a site of real pages,
# /usr/share/cppreference/doc/html by nginx on loopback, links within it alone:
# what each finds, time, processor time and memory. Each may have LIMIT seconds.
# Usage: check.sh CRAWL [LIMIT [PART]]; LIMIT is 1,800 if not given. PART, as "c",
# is a part of the site that stands alone, its links to the others lead nowhere.
# nginx is kind to the others: linkinator leaves a connection open for each page,
# and linkchecker waits before each request unless a server says its name.
# linkchecker is a Debian package, linkinator is taken from npm.
set -eu
crawl=$1
limit=${2:-1800}
part=${3:-}
root=/usr/share/cppreference/doc/html
work=$(mktemp -d)
port=8199
site=http://127.0.0.1:$port/en/
chmod 755 "$work"
if [ -n "$part" ]; then
  mkdir -p "$work/site/en"
  cp -r "$root/common" "$work/site/"
  cp -r "$root/en/$part" "$root/en/$part.html" "$work/site/en/"
  cp "$root/en/$part.html" "$work/site/en/index.html"
  chmod -R a+rX "$work/site"
  root=$work/site
fi

cat >"$work/nginx.conf" <<CONF
worker_processes 1;
pid $work/nginx.pid;
error_log $work/nginx.err;
events { worker_connections 16000; }
http {
  include /etc/nginx/mime.types;
  access_log off;
  keepalive_requests 1000000;
  keepalive_timeout 3600;
  add_header LinkChecker yes always;
  client_body_temp_path $work/body;
  proxy_temp_path $work/proxy;
  fastcgi_temp_path $work/fastcgi;
  uwsgi_temp_path $work/uwsgi;
  scgi_temp_path $work/scgi;
  server { listen 127.0.0.1:$port; root $root; }
}
CONF
nginx -c "$work/nginx.conf"
trap 'kill "$(cat "$work/nginx.pid")"; rm -rf "$work"' EXIT

# measured NAME COMMAND...: its output is in $work/NAME.out
measured() {
  name=$1
  shift
  timeout "$limit" /usr/bin/time -o "$work/$name.time" \
    -f "%e s, %U + %S s of processor time, %M KiB" "$@" \
    >"$work/$name.out" 2>"$work/$name.err" || true
  if [ -s "$work/$name.time" ]; then
    echo "$name: $(tail -1 "$work/$name.time")"
  else
    echo "$name: not done in $limit s"
  fi
}

measured crawl "$crawl" --check "$site" --offline --per-host 8 -j 8 --no-config \
  --format jsonl
echo "  $(grep -c '"outcome":"broken"' "$work/crawl.out") broken targets"

mkdir "$work/npm"
if (cd "$work/npm" && npm install --no-audit --no-fund linkinator >/dev/null); then
  measured linkinator "$work/npm/node_modules/.bin/linkinator" "$site" --recurse \
    --concurrency 8 --skip '^(?!http://127\.0\.0\.1)' --format csv
  echo "  $(cut -d, -f1,2,3 "$work/linkinator.out" | grep ',BROKEN' | sort -u |
    grep -vc ',0,') broken targets, $(grep -c ',0,BROKEN' "$work/linkinator.out") links given up"
fi

if command -v linkchecker >/dev/null; then
  # It makes ten requests a second to a host unless told otherwise.
  printf '[checking]\nmaxrequestspersecond=100000\n' >"$work/linkcheckerrc"
  measured linkchecker linkchecker -f "$work/linkcheckerrc" --no-status \
    --no-warnings -t 8 "$site"
  tail -3 "$work/linkchecker.out" | sed 's/^/  /'
fi
