#!/usr/bin/python3
"""crawl over real pages, against what Python's own HTML parser reads in the files.

For each site (a Debian documentation package served by nginx on loopback):
  list   every page of it gives one record, status 200, the right title and link count;
  site   crawl -r from the front page finds the pages that an independent breadth-first
         walk over the files finds, and no other.

Usage: real_pages_test.py CRAWL      exit status 77 if no such package is installed
"""

import collections
import json
import multiprocessing
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse
from html.parser import HTMLParser

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench" / "peers"))
from nginx import Nginx  # noqa: E402

SITES = [
    (pathlib.Path("/usr/share/cppreference/doc/html"), "en/cpp.html"),
    (pathlib.Path("/usr/share/doc/postgresql-doc-15/html"), "index.html"),
]
SPACE = " \t\n\f\r"


class Reader(HTMLParser):
    """Title, links of a and area, and where frames lead."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.title, self.in_title, self.hrefs, self.frames = None, False, [], []
        self.base, self.foreign, self.nofollow = None, 0, set()

    def handle_starttag(self, tag, attributes):
        attributes = dict(reversed(attributes))  # the first of a name counts
        if tag in ("svg", "math"):
            self.foreign += 1
        if tag == "title" and self.title is None and not self.foreign:
            self.title, self.in_title = "", True
        elif tag == "base" and self.base is None and attributes.get("href"):
            self.base = attributes["href"]
        elif tag in ("a", "area") and attributes.get("href") is not None:
            if "nofollow" in (attributes.get("rel") or "").lower().split():
                self.nofollow.add(len(self.hrefs))
            self.hrefs.append(attributes["href"])
        elif tag in ("frame", "iframe") and attributes.get("src"):
            self.frames.append(attributes["src"])

    def handle_endtag(self, tag):
        if tag in ("svg", "math"):
            self.foreign -= 1
        if tag == "title":
            self.in_title = False

    def handle_data(self, data):
        if self.in_title:
            self.title += data


def read(argument):
    path, url = argument
    reader = Reader()
    reader.feed(path.read_bytes().decode("utf-8", "replace"))
    base = urllib.parse.urljoin(url, reader.base) if reader.base else url

    def resolve(reference):
        joined = urllib.parse.urljoin(base, reference.strip(SPACE))
        return joined if joined.split(":")[0] in ("http", "https") else None

    links = [resolve(href) for href in reader.hrefs]
    follow = [link for index, link in enumerate(links)
              if link and index not in reader.nofollow]
    follow += [link for link in map(resolve, reader.frames) if link]
    # White space of HTML only: a no-break space stays.
    title = None
    if reader.title is not None:
        title = re.sub(f"[{SPACE}]+", " ", reader.title).strip(SPACE)
    return url, title or None, sum(link is not None for link in links), follow


def url_of(site, path):
    return f"{site}/{urllib.parse.quote(str(path), safe='/~!$&()*+,;=:@-._')}"


def walk(front, pages):
    """Breadth-first over what the files link to; unquoted paths are what counts."""
    def key(url):
        return urllib.parse.unquote(urllib.parse.urldefrag(url)[0])

    by_key = {key(url): follow for url, follow in pages.items()}
    found, queue = {key(front)}, collections.deque([key(front)])
    while queue:
        for link in by_key[queue.popleft()]:
            target = key(link)
            if target in by_key and target not in found:
                found.add(target)
                queue.append(target)
    return found


def crawl(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(binary, root, front, work):
    server = Nginx(work / "nginx", root)
    problems = []
    try:
        urls = {url_of(server.site, path.relative_to(root)): path
                for path in sorted(root.rglob("*.html"))}
        with multiprocessing.Pool() as pool:
            expected = {url: (title, count, follow) for url, title, count, follow
                        in pool.imap_unordered(read, [(p, u) for u, p in urls.items()], 64)}
        listing = work / "urls.txt"
        listing.write_text("".join(url + "\n" for url in urls))
        records = crawl([binary, str(listing), "-j", "32", "-q"])
        if len(records) != len(urls):
            problems.append(f"{len(records)} records of {len(urls)} lines")
        for record in records:
            title, count, _ = expected[record["input"]]
            found = (record["status_code"], record["title"], record["link_count"])
            if found != (200, title, count):
                problems.append(f"{record['input']}: {found}, not {(200, title, count)}")

        start = f"{server.site}/{front}"
        wanted = walk(start, {url: follow for url, (_, _, follow) in expected.items()})
        records = crawl([binary, "-r", start, "-j", "32", "--per-host", "32", "-q"])
        found = {urllib.parse.unquote(record["url"]) for record in records
                 if record["status_code"] == 200 and record["url"].endswith(".html")}
        for url in sorted(wanted ^ found):
            problems.append(f"-r: {'missing' if url in wanted else 'unexpected'}: {url}")
        print(f"{root}: {len(urls)} pages in the list, {len(wanted)} found with -r, "
              f"{len(problems)} problems")
    finally:
        server.close()
    return problems


def main():
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    sites = [(root, front) for root, front in SITES if (root / front).exists()]
    if not sites:
        print("no documentation package is installed")
        return 77
    problems = []
    for root, front in sites:
        with tempfile.TemporaryDirectory(prefix="crawl-real-") as work:
            problems += check(binary, root, front, pathlib.Path(work))
    for problem in problems[:20]:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
