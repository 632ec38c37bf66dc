"""The web as users meet it: real pages over TLS, by HTTP/2, as gzip; many hosts and names."""

import contextlib
import gzip
from dataclasses import dataclass

import report
from harness import measure, run_rounds
from namespace import Namespace
from nginx import Nginx


@dataclass(frozen=True)
class Way:
    """How the real pages are served."""

    title: str
    tls: bool = False
    http2: bool = False
    gzip: bool = False

    @property
    def expected(self):
        """What the server's log says of each page: its protocol and its content coding."""
        return {"protocol": "HTTP/2.0" if self.http2 else "HTTP/1.1",
                "coding": "gzip" if self.gzip else "-"}


WAYS = {
    "tls-h2-gzip": Way("TLS, HTTP/2, gzip", tls=True, http2=True, gzip=True),
    "tls-h1-gzip": Way("TLS, HTTP/1.1, gzip", tls=True, gzip=True),
    "http-gzip": Way("http, gzip", gzip=True),
    "tls-h2": Way("TLS, HTTP/2", tls=True, http2=True),
    "tls-h1": Way("TLS, HTTP/1.1", tls=True),
    "http": Way("http"),
}
# In the order of the table.
PLACES = [*WAYS, "handshakes", "names"]

SMALL_PAGE = "location ~ ^/p/ { return 200 '<title>page</title>'; default_type text/html; }"


def zipped(pages, directory):
    """A copy of the HTML pages as gzip, and nothing else: who does not take it gets 404."""
    for path in pages.rglob("*.html"):
        copy = directory / path.relative_to(pages).with_name(path.name + ".gz")
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(gzip.compress(path.read_bytes(), 6))
    return directory


def add_row(bench, workload, title, contenders):
    row = {"place": PLACES.index(workload), "title": title,
           "contenders": report.as_json(title, contenders)["contenders"]}
    bench.add_web(workload, row)


def real_pages(bench, workload):
    """All real pages of one host, in one of the WAYS."""
    way = WAYS[workload]
    root = zipped(bench.pages, bench.work / "gzip") if way.gzip else bench.pages
    with contextlib.closing(Nginx(
            bench.work / workload, root, tls=way.tls,
            locations="gzip_static on;" if way.gzip else "", **way.expected)) as server:
        site = f"https://localhost:{server.tls_port}" if way.tls else server.site
        urls = bench.page_urls(site)
        contenders = bench.tools.on_web(
            bench.write_list(urls), len(urls), bench.work, gzip=way.gzip,
            cacert=server.certificate if way.tls else None, http1=way.tls and not way.http2)
        # The server has read every page before the first of them is measured.
        measure(contenders[0].command)
        run_rounds(contenders, bench.options.rounds, server.count_pages,
                   quick_runs=bench.quick_runs)
    add_row(bench, workload, f"{len(urls):,} real pages: {way.title}", contenders)


def hosts(bench, workload, tls, how_many, title, curl):
    """A page of each of so many hosts, whose names the system's resolver asks dnsmasq for."""
    missing = Namespace.missing()
    if missing:
        print(f"{workload}: left out: {missing}")
        return
    how_many = bench.some(how_many)
    with contextlib.closing(Namespace(bench.work / "namespace")) as network, \
            contextlib.closing(Nginx(bench.work / workload, bench.pages, tls=tls,
                                     locations=SMALL_PAGE, within=network.within)) as server:
        scheme, port = ("https", server.tls_port) if tls else ("http", server.port)
        urls = [f"{scheme}://h{i}.hosts.test:{port}/p/page" for i in range(how_many)]
        contenders = bench.tools.on_web(
            bench.write_list(urls), how_many, bench.work, curl=curl,
            cacert=server.certificate if tls else None)
        # With TLS a page counts only with a connection, and so a handshake, of its own.
        run_rounds(contenders, bench.options.rounds,
                   server.count_connections if tls else server.count_pages,
                   measure=network.measure, quick_runs=bench.quick_runs)
    add_row(bench, workload, title.format(how_many), contenders)


def handshakes(bench, workload):
    hosts(bench, workload, True, 4_000, "{:,} hosts, a TLS handshake each", curl=False)


def names(bench, workload):
    hosts(bench, workload, False, 20_000, "{:,} host names, http", curl=True)


def connections(bench, _):
    """What connections cost in memory: all of -j at a time, since each answer takes 50 ms."""
    page = ("location ~ ^/p/ { default_type text/html; echo_sleep 0.05; "
            "echo '<title>page</title>'; }")
    rows, data = [], []
    with contextlib.closing(Nginx(bench.work / "connections", bench.pages, tls=True,
                                  locations=page)) as server:
        if not server.has_echo:
            print("connections: left out, libnginx-mod-http-echo is missing")
            return
        for jobs, tls in ((8, False), (512, False), (512, True), (2000, False)):
            site = f"https://localhost:{server.tls_port}" if tls else server.site
            pages = 20 * jobs
            urls = bench.write_list([f"{site}/p/{i}" for i in range(pages)])
            server.count_connections()
            run = measure(bench.crawl(
                urls, "-j", jobs, "-o", "/dev/null",
                *(("--http1.1", "--cacert", server.certificate) if tls else ())))
            opened = server.count_connections()
            name = "TLS" if tls else "http"
            rows.append((name, jobs, f"{pages:,}", opened, f"{run.rss / 1e6:.1f}"))
            data.append({"name": name, "jobs": jobs, "pages": pages, "connections": opened,
                         "rss": run.rss, "status": run.status})
    bench.add_rows("Memory of connections, HTTP/1.1 to a server that answers after 50 ms",
                   ("", "-j", "pages", "connections", "peak MB"), rows, data)


WORKLOADS = {**dict.fromkeys(WAYS, real_pages), "handshakes": handshakes, "names": names,
             "connections": connections}
