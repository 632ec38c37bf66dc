#!/bin/bash
# The manual page and the completions are what man and the shells take.
# Usage: documents_test.sh CRAWL
set -euo pipefail
crawl=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*" >&2; exit 1; }

"$crawl" --generate man >"$work/crawl.1"
LC_ALL=C.UTF-8 MANROFFOPT='' MANWIDTH=80 man --warnings -l "$work/crawl.1" \
  >"$work/page" 2>"$work/complaints"
[ -s "$work/complaints" ] && fail "man complains: $(cat "$work/complaints")"
tr '\n' ' ' <"$work/page" | tr -s ' ' >"$work/words"
grep -q 'CRAWL(1)' "$work/page" || fail "the page has no title"
grep -qF -- "~/.config/crawl/config" "$work/words" || fail "~ is lost"
grep -qF -- "-m, --transfer-timeout TIME" "$work/words" || fail "- is lost"
grep -qF -- 'crawl urls.txt -j 8 | jq -r .title' "$work/page" ||
  fail "the example cannot be copied"

"$crawl" --generate bash >"$work/crawl.bash"
bash_completes() {  # WORD BEFORE, WORD, COMPLETION
  bash -c 'source "$1"; COMP_WORDS=(crawl "$2" "$3"); COMP_CWORD=2; _crawl
    printf "%s\n" "${COMPREPLY[@]}"' bash "$work/crawl.bash" "$1" "$2" |
    grep -qxF -- "$3" || fail "bash: '$1 $2' is not completed to '$3'"
}
cd "$work"
: >urls.txt
bash_completes x --per- --per-host
bash_completes --format c csv
bash_completes -o ur urls.txt
bash_completes -k ur urls.txt

"$crawl" --generate zsh >"$work/_crawl"
# In a shell on a terminal: a key that completes, and then the line it made.
cat >"$work/zsh_test" <<'ZSH'
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; fpath=($1 \$fpath); autoload -U compinit; compinit -u -D"
zpty -w z 'show() { print "made:$BUFFER:"; BUFFER=; zle accept-line }'
zpty -w z 'zle -N show; bindkey "^X" show; echo rea""dy'
zpty -r -m z seen '*ready*'
for line in "$@[2,-1]"; do
  zpty -w -n z "$line"$'\t\x18'
  zpty -r -m z seen '*made:*:*'
  print -r -- "$seen"
done
ZSH
TERM=dumb zsh -f "$work/zsh_test" "$work" 'crawl --per-' 'crawl --format te' \
  'crawl -j 4 ur' >"$work/zsh_seen"
for made in 'crawl --per-host' 'crawl --format text' 'crawl -j 4 urls.txt'; do
  grep -qF -- "made:$made" "$work/zsh_seen" ||
    fail "zsh does not complete to '$made': $(cat "$work/zsh_seen")"
done

"$crawl" --generate fish >"$work/crawl.fish"
fish_completes() {  # LINE, COMPLETION
  HOME=$work fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
    "$work/crawl.fish" "$1" | cut -f1 | grep -qxF -- "$2" ||
    fail "fish: '$1' is not completed to '$2'"
}
fish_completes 'crawl --per-' --per-host
fish_completes 'crawl --format c' csv
fish_completes 'crawl -o ur' urls.txt
fish_completes 'crawl ur' urls.txt

status=0
"$crawl" --generate klingon 2>"$work/error" || status=$?
[ $status = 2 ] || fail "an unknown document gives status $status"
