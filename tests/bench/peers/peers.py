#!/usr/bin/python3
"""Measures crawl beside what its users would otherwise pick, on this machine alone.

nginx on loopback serves real pages (Debian's cppreference-doc-en-html); every contender
that is installed is run in turn, several rounds interleaved, and what it fetched is
counted from the server's log. A tool that fetched fewer pages is marked, not timed.

Usage: peers.py [--crawl build/crawl] [--against BINARY] [--rounds 5] [--quick]
                [--only WORKLOAD[,WORKLOAD...]] [--out build/bench] [--readme]
Work loads, all by default:
  tls-h2-gzip tls-h1-gzip http-gzip tls-h2 tls-h1 http   real pages of one host (web.py)
  handshakes names   a page of each of 4,000 hosts over TLS, of 20,000 over http: as root
  connections        memory of many connections
  archives           written beside wget, read beside gzip, with the budgets (archives.py)
  list site extract latency hosts tls memory small

peers.sh installs what this needs and calls it. With --readme the tables become the
README's section on timings, and the charts and the figures go to data/timings; tables of
work loads that were not run stay as they were.
"""

import argparse
import datetime
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from contenders import JOBS, Tools, processors, raise_open_files_limit  # noqa: E402
from harness import QUICK_RUNS, measure, run_rounds  # noqa: E402
from nginx import Nginx  # noqa: E402
import archives  # noqa: E402
import report  # noqa: E402
import web  # noqa: E402

PAGES = pathlib.Path("/usr/share/cppreference/doc/html")


def page_urls(site):
    paths = sorted(path.relative_to(PAGES) for path in PAGES.rglob("*.html"))
    return [f"{site}/{urllib.parse.quote(str(path))}" for path in paths]


# With --quick, so many times fewer pages: to see that all works, not how fast.
QUICK_SHARE = 10


def write_list(path, urls):
    path.write_text("".join(url + "\n" for url in urls))
    return path


class DemoSite:
    """The project's own server, for latency and very many small pages."""

    def __init__(self, binary, root, *arguments):
        self.process = subprocess.Popen(
            [binary, "--root", root, *map(str, arguments)],
            stdout=subprocess.PIPE, text=True)
        self.site = self.process.stdout.readline().split()[-1]

    def close(self):
        self.process.terminate()
        self.process.wait()


class Bench:
    def __init__(self, options):
        self.options = options
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="crawl-peers-"))
        self.work.chmod(0o755)  # nginx reads as another user
        self.tools = Tools(options.crawl, options.node_modules, options.against)
        self.tables, self.charts = [], {}
        self.web = {}  # rows by work load
        self.pages = PAGES
        self.quick_runs = 1 if options.quick else QUICK_RUNS

    def crawl(self, *arguments):
        return [str(self.options.crawl), "-q", *map(str, arguments)]

    def add(self, title, command, contenders, chart=None):
        markdown = report.table(title, command, contenders)
        print(markdown)
        self.tables.append((markdown, report.as_json(title, contenders)))
        if chart:
            self.charts[chart] = report.chart(f"{title}: processor time a page",
                                              contenders)

    @property
    def sections(self):
        return ([report.web_section(self.web)] if self.web else []) + self.tables

    def some(self, how_many):
        return how_many // QUICK_SHARE if self.options.quick else how_many

    def page_urls(self, site):
        urls = page_urls(site)
        return urls[:self.some(len(urls))]

    def write_list(self, urls):
        return write_list(self.work / "urls.txt", urls)

    def add_web(self, workload, row):
        """A row of the table of web.py's work loads; shown by itself, the table at the end."""
        self.web[workload] = row
        print(report.web_section({workload: row})[0])

    def add_rows(self, title, header, rows, data):
        lines = [f"### {title}", "", "| " + " | ".join(header) + " |",
                 "|" + "--:|" * len(header)]
        lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
        markdown = "\n".join(lines) + "\n"
        print(markdown)
        self.tables.append((markdown, {"title": title, "rows": data}))

    # (a) the list
    def list(self):
        server = Nginx(self.work / "nginx", PAGES)
        urls = page_urls(server.site)
        contenders = self.tools.on_list(
            write_list(self.work / "urls.txt", urls), len(urls), self.work)
        # The server has read every page before the first of them is measured.
        measure(self.crawl(self.work / "urls.txt", "-j", JOBS, "-o", "/dev/null"))
        run_rounds(contenders, self.options.rounds, server.count_pages)
        server.close()
        self.add(f"A list of {len(urls):,} real pages", f"crawl urls.txt -j {JOBS} -q "
                 "-o pages.jsonl", contenders, "list.svg")

    # (b) the site
    def site(self):
        server = Nginx(self.work / "nginx", PAGES)
        front = f"{server.site}/en/cpp.html"
        server.count_pages()
        measure(self.crawl("-r", front, "-j", JOBS, "--per-host", JOBS, "-o", "/dev/null"))
        reachable = server.count_pages()
        contenders = self.tools.on_site(front, reachable, self.work)
        for contender in contenders:
            contender.expected = int(0.99 * reachable)
        run_rounds(contenders, self.options.rounds, server.count_pages)
        server.close()
        self.add(f"A site of {reachable:,} pages, from its front page",
                 f"crawl -r URL -j {JOBS} --per-host {JOBS} -q -o site.jsonl",
                 contenders, "site.svg")

    # five selectors
    def extract(self):
        server = Nginx(self.work / "nginx", PAGES)
        urls = page_urls(server.site)
        contenders = self.tools.on_extract(
            write_list(self.work / "urls.txt", urls), len(urls), self.work)
        measure(self.crawl(self.work / "urls.txt", "-j", JOBS, "-o", "/dev/null"))
        run_rounds(contenders, self.options.rounds, server.count_pages)
        server.close()
        self.add(f"Five selectors on {len(urls):,} real pages",
                 "crawl urls.txt --extract NAME=SELECTOR ... --fields url,extracted "
                 f"-j {JOBS} -q -o pages.jsonl", contenders)

    # (c) latency
    def latency(self):
        demo = DemoSite(self.options.demo_site, HERE.parents[2] / "data/sites/tiny",
                        "--latency", "50ms", "--pages", 40_000, "--page-size", 1000)
        rows, data = [], []
        sequential = None
        for jobs, pages in ((1, 100), (8, 800), (64, 6_400), (512, 20_000), (2000, 40_000)):
            urls = write_list(self.work / "latency.txt",
                              [f"{demo.site}/p/{i + 1}.html" for i in range(pages)])
            runs = [measure(self.crawl(urls, "-j", jobs, "-o", "/dev/null"))
                    for _ in range(self.options.rounds)]
            rate = pages / statistics.median(run.wall for run in runs)
            sequential = sequential or rate
            speedup = rate / sequential
            rss = max(run.rss for run in runs) / 1e6
            rows.append((jobs, pages, f"{rate:,.0f}", f"{speedup:.1f}",
                         f"{speedup / jobs:.2f}", f"{rss:.0f}"))
            data.append({"jobs": jobs, "pages": pages, "pages_per_second": rate,
                         "speedup": speedup, "rss": rss})
        demo.close()
        self.add_rows("A server that answers after 50 ms",
                      ("-j", "pages", "pages/s", "speed-up", "of -j", "peak MB"),
                      rows, data)

    # (d) many hosts, some of them bad
    def hosts(self):
        bad = ("location = /slow { echo_sleep 5; echo slow; }"
               "location = /busy { return 429; }"
               "location ~ ^/p/ { return 200 '<title>page</title>'; default_type text/html; }")
        server = Nginx(self.work / "nginx", PAGES, locations=bad)
        if not server.has_echo:
            print("hosts: left out, libnginx-mod-http-echo is missing")
            server.close()
            return
        names = [f"h{i}.test" for i in range(2_000)]
        config = self.work / "hosts.conf"
        config.write_text("".join(
            f'resolve = "{where}:127.0.0.1"\n'
            for where in [f"{name}:{server.port}" for name in names] + ["*:1"]))
        good = [f"http://{name}:{server.port}/p/{page}" for page in range(10)
                for name in names]
        worse = list(good)
        for index in range(0, 2_000, 100):
            worse.insert(index, f"http://{names[index]}:{server.port}/slow")
            worse.insert(index, f"http://{names[index]}:{server.port}/busy")
            worse.insert(index, f"http://dead{index}.test:1/")
        rows, data, times = [], [], {"good": [], "bad": []}
        lists = {"good": write_list(self.work / "good.txt", good),
                 "bad": write_list(self.work / "bad.txt", worse)}
        first_bad = "until the last good page"
        for _ in range(self.options.rounds):
            for name, urls in lists.items():
                out = self.work / "hosts.jsonl"
                measure(self.crawl(urls, "-j", 256, "--config", config, "--retry", "0",
                                   "--fields", "input,ok,timestamp,time_total", "-o", out))
                times[name].append(self._last_good(out))
        for name in ("good", "bad"):
            seconds = statistics.median(times[name])
            rows.append((name, f"{len(good) / seconds:,.0f}", f"{seconds:.2f}"))
            data.append({"list": name, "seconds": seconds})
        server.close()
        self.add_rows("2,000 hosts, without and with slow, dead and 429 ones",
                      ("list", "good pages/s", f"s {first_bad}"), rows, data)

    @staticmethod
    def _last_good(path):
        import json

        starts, ends = [], []
        for line in open(path):
            record = json.loads(line)
            if record["timestamp"] is None or "/p/" not in record["input"]:
                continue
            begin = datetime.datetime.fromisoformat(
                record["timestamp"].replace("Z", "+00:00")).timestamp()
            starts.append(begin)
            ends.append(begin + (record["time_total"] or 0))
        return max(ends) - min(starts)

    # (e) TLS with HTTP/2
    def tls(self):
        server = Nginx(self.work / "nginx", PAGES, tls=True)
        urls = write_list(self.work / "tls.txt",
                          page_urls(f"https://localhost:{server.tls_port}"))
        rows, data = [], []
        for name, extra in (("HTTP/2", ()), ("HTTP/1.1", ("--http1.1",))):
            server.new_lines()
            run = measure(self.crawl(urls, "-j", JOBS, "--cacert", server.certificate,
                                     *extra, "-o", "/dev/null"))
            lines = server.new_lines()
            connections = len({line.connection for line in lines})
            rows.append((name, len(lines), connections, f"{run.wall:.2f}", f"{run.cpu:.2f}"))
            data.append({"name": name, "pages": len(lines), "connections": connections,
                         "wall": run.wall, "cpu": run.cpu})
        server.close()
        self.add_rows("TLS: one host, handshakes counted by the server",
                      ("", "pages", "handshakes", "wall s", "cpu s"), rows, data)

    # (f) a million small pages
    def memory(self):
        demo = DemoSite(self.options.demo_site, HERE.parents[2] / "data/sites/tiny",
                        "--pages", 1_000_000, "--page-size", 500)
        rows, data = [], []
        for pages in (100_000, 1_000_000):
            urls = write_list(self.work / "million.txt",
                              [f"{demo.site}/p/{i + 1}.html" for i in range(pages)])
            run = measure(self.crawl(urls, "-j", 64, "-o", "/dev/null"))
            rows.append((f"{pages:,}", f"{pages / run.wall:,.0f}", f"{run.rss / 1e6:.1f}"))
            data.append({"pages": pages, "wall": run.wall, "rss": run.rss})
        demo.close()
        self.add_rows("Memory over a streamed list", ("pages", "pages/s", "peak MB"),
                      rows, data)

    # small pages, against a load generator that parses nothing
    def small(self):
        server = Nginx(self.work / "nginx", PAGES,
                       locations="location ~ ^/p/ { return 200 '<title>page</title>'; "
                       "default_type text/html; }")
        pages = 100_000
        urls = write_list(self.work / "small.txt",
                          [f"{server.site}/p/{i}" for i in range(pages)])
        rows, data = [], []
        if shutil.which("wrk"):
            out = subprocess.run(["wrk", "-t1", "-c", "64", "-d", "5", f"{server.site}/p/1"],
                                 capture_output=True, text=True).stdout
            rate = float(re.search(r"Requests/sec:\s*([\d.]+)", out).group(1))
            rows.append(("wrk -t1 -c64", f"{rate:,.0f}", "1.00"))
        else:
            rate = None
        run = measure(self.crawl(urls, "-j", 64, "--threads", 1, "-o", "/dev/null"))
        ours = pages / run.wall
        rows.append(("crawl -j 64 --threads 1", f"{ours:,.0f}",
                     f"{ours / rate:.2f}" if rate else ""))
        data.append({"wrk": rate, "crawl": ours})
        server.close()
        self.add_rows("Requests a second on tiny pages", ("", "requests/s", "of wrk"),
                      rows, data)

    def environment(self):
        cpu = ""
        for line in open("/proc/cpuinfo"):
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
        lines = [
            f"Command: `sh tests/bench/peers/peers.sh --rounds {self.options.rounds}"
            + (f" --against {self.options.against.name}" if self.options.against else "") + "`; "
            f"{datetime.date.today().isoformat()}; {processors()} processors ({cpu}), "
            f"Linux {platform.release()}; servers and clients share them.",
            "Medians of the rounds, run in turn (five times a round what takes less than a second); "
            "ratios are to the first row of a table, unless a column says otherwise. Tools: "
            + ", ".join(re.split(r" [-(]|  ", v)[0].replace("nginx version: ", "")
                        for v in self.tools.versions.values()) + ".",
        ]
        if self.tools.missing:
            lines.append("Not installed, so not run: " + ", ".join(self.tools.missing) + ".")
        return lines

    def close(self):
        shutil.rmtree(self.work, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    root = HERE.parents[2]
    parser.add_argument("--crawl", type=pathlib.Path, default=root / "build/crawl")
    parser.add_argument("--demo-site", type=pathlib.Path)
    parser.add_argument("--node-modules", type=pathlib.Path, default=root / "build/peers/node_modules")
    parser.add_argument("--against", type=lambda path: pathlib.Path(path).resolve(),
                        help="an earlier crawl, to measure beside this one")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true",
                        help="one round over fewer pages, to see that web.py's work loads work")
    parser.add_argument("--out", type=pathlib.Path, default=root / "build/bench")
    parser.add_argument("--readme", action="store_true")
    workloads = {**web.WORKLOADS, **archives.WORKLOADS,
                 **{name: lambda bench, name: getattr(bench, name)() for name in (
                     "list", "site", "extract", "latency", "hosts", "tls", "memory", "small")}}
    parser.add_argument("--only", metavar="WORKLOAD[,WORKLOAD...]", default=",".join(workloads),
                        help="run these, in this order")
    options = parser.parse_args()
    options.only = options.only.split(",")
    for name in options.only:
        if name not in workloads:
            parser.error(f"no such work load: {name}")
    if options.quick:
        options.rounds = 1
        if options.readme:
            parser.error("what --quick measures is not for the README")
    options.crawl = options.crawl.resolve()
    options.demo_site = options.demo_site or options.crawl.parent / "tests/support/demo_site"
    if not PAGES.is_dir():
        parser.error("cppreference-doc-en-html is not installed")
    raise_open_files_limit()
    bench = Bench(options)
    try:
        for name in options.only:
            print(f"== {name}", flush=True)
            workloads[name](bench, name)
            time.sleep(1)
        if len(bench.web) > 1:
            print(bench.sections[0][0])
        report.write(options.out, bench.sections, bench.environment(), bench.charts)
        if options.readme:
            kept = root / "data/timings"
            sections = report.with_earlier(bench.sections, kept / "timings.json")
            report.write(kept, sections, bench.environment(), bench.charts)
            report.write_readme(root / "README.md", sections, bench.environment(),
                                sorted(chart.name for chart in kept.glob("*.svg")))
        print(f"written to {options.out}")
    finally:
        bench.close()


main()
