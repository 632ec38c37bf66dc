#!/usr/bin/env python3
"""The site of planted faults and traps (data/check/site.tsv), for any checker of
links: what each finds of it, and what it calls broken that is not.

Usage: planted.py CRAWL [LINKINATOR]. linkchecker is asked if it is installed;
LINKINATOR is its command. Everything is on loopback: the site at 127.0.0.1, the
other site at localhost, the one that wants to be left alone at 127.0.0.2.
"""

import collections
import csv
import http.server
import io
import json
import os
import pathlib
import re
import shutil
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

DATA = pathlib.Path(__file__).resolve().parents[3] / "data/check/site.tsv"
LIMIT = 1800  # seconds for each

OK = """<!DOCTYPE html><title>ok</title><h1 id=sec-{n}>x</h1><a name=old-{n}></a>
<p id='caf\u00e9-{n}'>The quick <b>brown</b> fox jumps\nover the lazy dog
<p id='50%25-{n}'><p id='a&amp;b-{n}'>"""


WAITS = True  # what has to be waited for is there


def rows():
    for line in DATA.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            outcome, reason, kind, count, html = line.split("\t")
            if WAITS or not re.search("/hang/|/429/|/503/|{busy}", html):
                yield outcome, reason, kind, int(count), html


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    pages = {}

    def log_message(self, *args):
        pass

    def send(self, code, body=b"<p>x", kind="text/html", location=None):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        if location is not None:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0" if code == 204 else str(len(body)))
        # Without it linkchecker waits up to 0.6 s before each request.
        self.send_header("LinkChecker", "yes")
        self.end_headers()
        if self.command == "GET" and code != 204:
            self.wfile.write(body)

    def hang_up(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        head = self.command == "HEAD"
        path = self.path.split("?")[0]
        if path in self.pages:
            return self.send(200, self.pages[path])
        if path == "/robots.txt":
            far = self.headers.get("Host", "").startswith("localhost")
            rules = b"User-agent: *\nDisallow: /private/\n"
            return self.send(200 if far else 404, rules, "text/plain")
        kind, _, rest = path[1:].partition("/")
        code, _, last = rest.partition("/")
        if kind == "ok":
            name = urllib.parse.unquote(rest)
            return self.send(200, OK.replace("{n}", name).encode())
        if kind == "img":
            return self.send(200, b"\x89PNG", "image/png")
        if kind == "file":
            return self.send(200, b"%PDF", "application/pdf")
        if kind == "loop":
            return self.send(302, location=self.path)
        if kind == "badloc":
            return self.send(302, location="http://a b/")
        if kind == "noloc":
            return self.send(302)
        if kind == "emptyloc":
            return self.send(302, location="")
        if kind == "headlost":
            return self.send(302, location="/404/head") if head else self.send(200)
        if kind in ("part", "nopart"):
            part = "no" if kind == "nopart" else f"sec-{rest}"
            return self.send(302, location=f"/ok/{rest}#{part}")
        if kind == "hang":
            time.sleep(120)
            return self.hang_up()
        if kind == "cut" or (kind == "headcut" and head):
            return self.hang_up()
        if kind == "headcut":
            return self.send(200)
        if kind == "s":
            return self.send(int(code))
        if kind == "r":
            return self.send(int(code), location="/" + last)
        if kind == "nohead":
            return self.send(int(code) if head else 200)
        if kind == "chain":
            return self.send(302, location=f"/chain/{int(code) - 1}/{last}")
        return self.send(404)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # who hangs up, does


def plant(port):
    own = f"127.0.0.1:{port}"
    free = socket.socket()
    free.bind(("127.0.0.1", 0))  # nobody listens there
    words = {
        "{farhost}": f"localhost:{port}",
        "{far}": f"http://localhost:{port}",
        "{FAR}": f"HTTP://LocalHost:{port}",
        "{busy}": f"http://127.0.0.2:{port}",
        "{closed}": str(free.getsockname()[1]),
    }
    index = "<!DOCTYPE html><title>index</title>\n"
    for number, (_, _, kind, count, html) in enumerate(rows()):
        page = "<!DOCTYPE html><meta charset=utf-8><title>t</title><body>\n"
        for n in range(count):
            line = html.replace("{n}", str(n))
            for word, value in words.items():
                line = line.replace(word, value)
            page += line + "\n"
        Site.pages[f"/t/{number}.html"] = page.encode()
        index += f'<a href="/t/{number}.html">{kind}</a>\n'
    Site.pages["/"] = index.encode()
    return f"http://{own}/", free


def page_of(url):
    found = re.search(r"/t/(\d+)\.html", url or "")
    return int(found.group(1)) if found else None


def broken_of_crawl(out):
    for line in out.splitlines():
        entry = json.loads(line)
        if entry["outcome"] == "broken":
            for source in entry["sources"]:
                yield page_of(source["page"]), entry["url"]


def broken_of_linkinator(out):
    for row in csv.reader(io.StringIO(out)):
        if len(row) > 3 and row[2] == "BROKEN":
            yield page_of(row[3]), row[0]


def broken_of_linkchecker(out):
    lines = [line for line in out.splitlines() if not line.startswith("#")]
    for row in csv.DictReader(lines, delimiter=";"):
        if row.get("valid") == "False":
            yield page_of(row["parentname"]), row["urlname"]


def ask(name, command, read):
    begun = time.monotonic()
    before = os.times()
    try:
        out = subprocess.run(command, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, timeout=LIMIT,
                             check=False).stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        print(f"{name}: not done in {LIMIT} s")
        return
    taken = time.monotonic() - begun
    after = os.times()
    used = (after.children_user - before.children_user +
            after.children_system - before.children_system)
    flagged = collections.defaultdict(set)
    for page, url in read(out):
        if page is not None:
            flagged[page].add(url)
    found, total = collections.Counter(), collections.Counter()
    missed, false = [], []
    for number, (outcome, _, kind, count, _) in enumerate(rows()):
        what = outcome if outcome in ("broken", "ok") else "undecided"
        hits = min(len(flagged[number]), count)
        total[what] += count
        found[what] += hits
        if what == "broken" and hits < count:
            missed.append(f"{kind} ({count - hits})")
        elif what == "ok" and hits:
            false.append(f"{kind} ({hits})")
    print(f"{name}: {found['broken']} of {total['broken']} faults, "
          f"{found['ok']} false alarms of {total['ok']} traps, "
          f"{found['undecided']} of {total['undecided']} others called broken, "
          f"{taken:.2f} s, {used:.2f} s of processor time")
    if not WAITS:
        return
    print(f"  not found: {', '.join(missed) or 'none'}")
    print(f"  false: {', '.join(false) or 'none'}", flush=True)


def ask_each(crawl, linkinator, site):
    ask("crawl", [crawl, "--check", site, "--format", "jsonl", "--retry", "0",
                  "-m", "5", "--per-host", "8", "-j", "16", "--no-config", "-q"],
        broken_of_crawl)
    if linkinator:
        ask("linkinator", [linkinator[0], site, "--recurse", "--check-fragments",
                           "--concurrency", "8", "--timeout", "5000", "--format", "csv"],
            broken_of_linkinator)
    if shutil.which("linkchecker"):
        with tempfile.TemporaryDirectory() as folder:
            settings = os.path.join(folder, "linkcheckerrc")
            with open(settings, "w", encoding="utf-8") as file:
                file.write("[checking]\nmaxrequestspersecond=100000\n"
                           "timeout=5\n[AnchorCheck]\n")
            ask("linkchecker", ["linkchecker", "-f", settings, "--no-status",
                                "--check-extern", "--no-warnings", "-t", "8",
                                "-o", "csv", site], broken_of_linkchecker)


def main():
    global WAITS
    crawl, *linkinator = sys.argv[1:]
    server = Server(("0.0.0.0", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for WAITS in (True, False):
        site, _held = plant(server.server_address[1])
        ask_each(crawl, linkinator, site)


if __name__ == "__main__":
    main()
