"""How each tool is called on each work load, and which of them are installed."""

import os
import pathlib
import shutil
import subprocess

from harness import Contender

HERE = pathlib.Path(__file__).parent
JOBS = 64


def version_of(command):
    try:
        out = subprocess.run(command, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return (out.stdout or out.stderr).strip().splitlines()[0] if out.returncode == 0 else None


def node_package(name, modules):
    """The version of an npm package under `modules`, if it is there."""
    package = pathlib.Path(modules) / name / "package.json"
    if not package.exists():
        return None
    import json

    return f"{name} {json.loads(package.read_text())['version']}"


class Tools:
    """What is installed here. `missing` says what is not, and so is left out."""

    def __init__(self, crawl, node_modules, against=None):
        self.crawl = str(crawl)
        self.against = against
        self.modules = str(node_modules)
        found = {
            "crawl": version_of([self.crawl, "-V"]),
            "wget2": version_of(["wget2", "--version"]),
            "curl": version_of(["curl", "--version"]),
            "aria2c": version_of(["aria2c", "--version"]),
            "python": version_of(["/usr/bin/python3", "--version"]),
            "scrapy": version_of(["/usr/bin/python3", "-c",
                                  "import scrapy; print('Scrapy', scrapy.__version__)"]),
            "crawlee": node_package("@crawlee/cheerio", node_modules),
            "spider-rs": node_package("@spider-rs/spider-rs", node_modules),
            "wrk": "wrk" if shutil.which("wrk") else None,
            "nginx": version_of(["/usr/sbin/nginx", "-V"]),
            "dnsmasq": version_of(["/usr/sbin/dnsmasq", "--version"]),
        }
        self.versions = {name: version for name, version in found.items() if version}
        self.missing = [name for name, version in found.items() if not version]

    def has(self, name):
        return name in self.versions

    def _node(self, script, *arguments):
        # ES modules are resolved beside the script: peers.sh puts it there.
        return ["node", str(pathlib.Path(self.modules).parent / script), *map(str, arguments)]

    def on_list(self, urls, pages, work):
        """Contenders for a list of URLs, `pages` of them."""
        work = pathlib.Path(work)
        (work / "out").mkdir(parents=True, exist_ok=True)
        candidates = [
            ("crawl", "crawl: pages parsed, full records", True,
             [self.crawl, urls, "-j", JOBS, "-q", "-o", work / "crawl.jsonl"]),
            ("crawl", "crawl: fetch only", False,
             [self.crawl, urls, "-j", JOBS, "-q", "--fields", "url,status_code,size_download",
              "-o", work / "crawl-fetch.jsonl"]),
            ("wget2", "wget2 -i", False,
             ["wget2", "-q", "-i", urls, "--max-threads=16", "-O", "/dev/null",
              "--robots=off", "--no-hsts", "--config="]),
            ("curl", f"curl -Z --parallel-max {JOBS}", False,
             ["curl", "-s", "-Z", "--parallel-max", JOBS, "-K", self._curl_config(urls, work)]),
            ("aria2c", "aria2c -i", False,
             ["aria2c", "-q", "-i", urls, "-j", "16", "-d", work / "out",
              "--allow-overwrite=true", "--auto-file-renaming=false", "--file-allocation=none",
              "--no-conf"]),
            ("python", "Python ThreadPoolExecutor, urllib, html.parser", True,
             ["/usr/bin/python3", HERE / "textbook.py", urls, 8, work / "textbook.jsonl"]),
            ("scrapy", "Scrapy", True,
             ["/usr/bin/python3", HERE / "scrapy_list.py", urls, JOBS, work / "scrapy.jsonl"]),
            ("crawlee", "crawlee CheerioCrawler", True,
             lambda: self._node("crawlee_list.mjs", urls, JOBS, work / "crawlee.jsonl")),
        ]
        return self._present(candidates, pages)

    def on_extract(self, urls, pages, work):
        """The same five things taken out of every page."""
        selectors = ("title::text", "h1 ::text, h2 ::text, h3 ::text", "a[href]::attr(href)",
                     "table tr:nth-child(2n+1) > td:first-child ::text",
                     "div:not(.nav) > p:first-of-type::text")
        work = pathlib.Path(work)
        ours = [word for number, selector in enumerate(selectors)
                for word in ("--extract", f"s{number}={selector}")]
        candidates = [
            ("crawl", "crawl --extract, five times", True,
             [self.crawl, urls, "-j", JOBS, "-q", "--fields", "url,extracted", *ours,
              "-o", work / "crawl.jsonl"]),
            ("scrapy", "Scrapy, response.css() five times", True,
             ["/usr/bin/python3", HERE / "scrapy_list.py", urls, JOBS, work / "scrapy.jsonl",
              "--extract", *selectors]),
        ]
        return self._present(candidates, pages)

    def on_web(self, urls, pages, work, cacert=None, http1=False, gzip=False, curl=True):
        """Contenders for a list: over TLS if there is a `cacert`, by HTTP/1.1 alone, gzipped.

        Each one trusts `cacert` and nothing else. wget2 has 16 threads, with which it is
        faster than with 64, and asks for gzip unless told otherwise, as crawl does.
        """
        records = pathlib.Path(work) / "crawl.jsonl"
        ours = [urls, "-j", JOBS, "-q", "-o", records,
                *(["--cacert", cacert] if cacert else []), *(["--http1.1"] if http1 else [])]
        candidates = [("crawl", "crawl", True, [self.crawl, *ours])]
        if self.against:
            candidates.append(("crawl", self.against.name, True, [self.against, *ours]))
        candidates.append(
            ("wget2", "wget2 -i", False,
             ["wget2", "-q", "-i", urls, "--max-threads=16", "-O", "/dev/null",
              "--robots=off", "--no-hsts", "--no-hpkp", "--no-ocsp", "--config=",
              *([f"--ca-certificate={cacert}", "--ca-directory="] if cacert else []),
              *(["--no-http2"] if http1 else [])]))
        if curl:
            candidates.append(
                ("curl", "curl -Z", False,
                 ["curl", "-s", "-Z", "--parallel-max", JOBS,
                  *(["--cacert", cacert] if cacert else []), *(["--http1.1"] if http1 else []),
                  *(["--compressed"] if gzip else []), "-K", self._curl_config(urls, work)]))
        present = self._present(candidates, pages)
        for contender in present:
            contender.records = records if contender.tool == "crawl" else None
            # wget2 hangs at times.
            contender.limit = 10
        return present

    def on_site(self, front_page, pages, work):
        """Contenders for a whole site, from its front page."""
        work = pathlib.Path(work)
        (work / "mirror").mkdir(parents=True, exist_ok=True)
        candidates = [
            ("crawl", "crawl -r", True,
             [self.crawl, "-r", front_page, "-j", JOBS, "--per-host", JOBS, "-q",
              "-o", work / "crawl-site.jsonl"]),
            ("wget2", "wget2 -r", True,
             ["wget2", "-q", "-r", "-l", "100", front_page, "--max-threads=16", "-P",
              work / "mirror", "--robots=off", "--no-hsts", "--config=",
              "--accept", "html", "--follow-tags", "a,area"]),
            ("scrapy", "Scrapy", True,
             ["/usr/bin/python3", HERE / "scrapy_list.py", front_page, JOBS,
              work / "scrapy-site.jsonl", "--follow"]),
            ("crawlee", "crawlee CheerioCrawler", True,
             lambda: self._node("crawlee_list.mjs", front_page, JOBS,
                                work / "crawlee-site.jsonl", "--follow")),
            ("spider-rs", "spider-rs (Node binding)", True,
             lambda: self._node("spider_site.mjs", front_page, work / "spider.jsonl")),
        ]
        return self._present(candidates, pages)

    def _present(self, candidates, pages):
        present = []
        for tool, name, parses, command in candidates:
            if not self.has(tool):
                continue
            command = command() if callable(command) else command
            present.append(Contender(name, [str(word) for word in command], pages, parses, tool))
        return present

    @staticmethod
    def _curl_config(urls, work):
        path = work / "curl.config"
        with open(urls) as lines, open(path, "w") as config:
            for line in lines:
                config.write(f'url = "{line.strip()}"\noutput = "/dev/null"\n')
        return path


def raise_open_files_limit():
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard > 0 else soft, hard))


def processors():
    return len(os.sched_getaffinity(0))
