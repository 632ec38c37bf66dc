#!/usr/bin/python3
"""Token F1 of the main content and of the whole body with and without what stands on
many pages of a site (--drop-repeated), by site.

Usage: across.py CONTENT_FILES ROOT [--show SITE]
  CONTENT_FILES   the program of that name in the build
  ROOT            where Debian documentation packages are unpacked, ROOT/PACKAGE

Sites: those of make_pages.py, with a page of each text; and up to 100 pages of
each folder of take_pages.py, with its selectors for what is content."""
import argparse
import collections
import difflib
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

import make_pages
import score
import take_pages
from texts import TEXTS

MOST = 100
# Their templates have the same answers on every page, as no forum has.
ALIKE = {"discourse", "phpbb", "stackexchange"}


def ours(directory):
    make_pages.SITES[:] = [(site, function, list(TEXTS)) for site, function, _ in make_pages.SITES if site not in ALIKE]
    make_pages.write(directory)
    for site, _, names in make_pages.SITES:
        for name in names:
            page = f"{directory}/{site}-{name}.html"
            yield site, page, open(page[:-5] + ".txt").read()


def debian(root):
    for generator, path in take_pages.PAGES:
        folder = os.path.dirname(os.path.join(root, path))
        site = f"{generator} {os.path.basename(folder)}"
        pages = sorted(glob.glob(folder + "/*.html"))
        for page in pages[::max(1, len(pages) // MOST)][:MOST]:
            try:
                truth = take_pages.content(generator, open(page, "rb").read())
            except ValueError:
                continue
            if len(truth) > 100:
                yield site, page, truth


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("content_files")
    parser.add_argument("root")
    parser.add_argument("--show")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        pages = list(dict.fromkeys([*ours(directory), *debian(args.root)]))
        count = collections.Counter(site for site, _, _ in pages)
        pages = [p for p in pages if count[p[0]] >= 5]
        lines = "".join(f"{page}\t{site}\n" for site, page, _ in pages)
        texts = []
        for what in ([], ["all"]):
            run = subprocess.run([args.content_files, *what], input=lines, text=True, check=True, stdout=subprocess.PIPE)
            found = [json.loads(line) for line in run.stdout.splitlines()]
            texts += [[f["text"] for f in found], [f["without"] for f in found]]
    columns = ("main", "main, without", "all", "all, without")
    scores = collections.defaultdict(lambda: [[] for _ in columns])
    gone = collections.Counter()
    for at, (site, _, truth) in enumerate(pages):
        for into, column in zip(scores[site], texts):
            into.append(score.f1(column[at], truth))
        if args.show and args.show in (site, "all"):
            before, after = (texts[k][at].split("\n") for k in (0, 1))
            gone.update(line[2:] for line in difflib.ndiff(before, after) if line.startswith("- "))
    if args.show:
        for line, times in gone.most_common(80):
            print(times, line)
        return
    print(f"{'':44} pages " + "".join(f"{c:>15}" for c in columns))
    for site, by_column in sorted(scores.items()):
        means = "".join(f"{sum(c) / len(c):15.3f}" for c in by_column)
        print(f"{site:44} {len(by_column[0]):5} {means}")
    for name, wanted in (("ours", lambda s: " " not in s), ("debian", lambda s: " " in s)):
        sites = [c for s, c in scores.items() if wanted(s)]
        means = [sum(sum(c[k]) / len(c[k]) for c in sites) / max(1, len(sites)) for k in range(4)]
        print(f"{name:50} " + "".join(f"{m:15.4f}" for m in means))


main()
