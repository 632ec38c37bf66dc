#!/usr/bin/python3
"""Proves that a shared crawl loses no page, fetches none twice and stays polite.

Workers of one crawl are killed and begun again at random, and so is their Redis
(appendfsync always), while they fetch a site of many host names from an nginx that takes
its time. Afterwards the union of their outputs is compared with an uninterrupted run's,
and nginx's own log with the per-host limit and delay. Fails, and says of what, if any of
it is not as it should be.

Usage: proof.py [--crawl build/crawl] [--pages 20000] [--hosts 500] [--workers 8]
                [--kills 100] [--redis-kills 10] [--latency 0.05] [--delay 0.2]
                [--per-host 2] [--lease 3s] [--lateness 0.1] [--seed N] [--shards 1]
       proof.py --throughput [--pages-each 3000] [--rounds 3] [--shards 1] [--seeds 0]
                [--measured 1 2 4 8]
The site is crawled twice: without a delay, so that all want more of a host than the limit
allows, and with one. So much shorter than it (--lateness) may a pause look by the log, since
nginx and the workers take turns on the processors.
With --throughput nobody is killed: 1, 2, 4 and 8 workers of -j 8 are timed on as many pages
each, from a seed at each host or as many as --seeds says, with what Redis and the workers
cost a page: all in all, and between a quarter and three quarters of the pages.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

CONFIG = """
daemon off;
worker_processes 1;
pid {dir}/pid;
error_log {dir}/error.log warn;
load_module /usr/lib/nginx/modules/ngx_http_echo_module.so;
events {{ worker_connections 4096; }}
http {{
  log_format proof '$msec $request_time $host $uri $status';
  access_log {dir}/access.log proof;
  keepalive_requests 100000000;
  default_type text/html;
  client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3;
  uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    root {dir}/www;
    location / {{ echo_sleep {latency}; echo_exec /raw$uri; }}
    location /raw/ {{ internal; alias {dir}/www/; }}
  }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def host_of(page, hosts):
    return f"h{page % hosts}.test"


class Site:
    """Page n is at host n % hosts and leads to three others and back."""

    def __init__(self, folder, pages, hosts, latency):
        self.folder, self.pages, self.hosts = folder, pages, hosts
        self.port = free_port()
        (folder / "www").mkdir(parents=True)
        for n in range(pages):
            targets = [k for k in range(3 * n + 1, 3 * n + 4) if k < pages] + [n // 2]
            links = "".join(f'<a href="{self.url(k)}">x</a>' for k in targets)
            (folder / "www" / str(n)).write_text(
                f"<title>{n}</title>{links}" + "<p>text of a page " * 20)
        (folder / "nginx.conf").write_text(
            CONFIG.format(dir=folder, port=self.port, latency=latency))
        self.process = subprocess.Popen(
            [shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(folder / "nginx.conf")],
            stderr=subprocess.DEVNULL)
        wait_for(lambda: (folder / "pid").exists() and (folder / "pid").read_text().strip())

    def url(self, page):
        return f"http://{host_of(page, self.hosts)}:{self.port}/{page}"

    def requests(self):
        """By host, when each began and ended."""
        found = collections.defaultdict(list)
        for line in (self.folder / "access.log").read_text().splitlines():
            end, took, host, _, _ = line.split()
            found[host].append((float(end) - float(took), float(end)))
        return {host: sorted(times) for host, times in found.items()}

    def close(self):
        self.process.terminate()
        self.process.wait()


class Redis:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.port = free_port()
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir",
             str(self.folder), "--save", "", "--appendonly", "yes", "--appendfsync", "always"],
            stdout=subprocess.DEVNULL)
        wait_for(lambda: self.ask("ping") == "PONG")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def ask(self, *words):
        return subprocess.run(["redis-cli", "-p", str(self.port), *words],
                              capture_output=True, text=True).stdout.strip()

    def so_far(self, shards):
        """When it is asked: pages that have their records, function calls, and the processor
        time that it took, in seconds."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            keys = ["crawl:{proof}:meta"] + [f"crawl:{{proof/{i}}}:meta" for i in range(1, shards)]
            connection.sendall("".join([f"HGET {key} records\r\n" for key in keys] +
                                       ["INFO commandstats\r\nINFO cpu\r\nQUIT\r\n"]).encode())
            text = connection.makefile("rb").read().decode()
        records = re.findall(r"^\$\d+\r\n(\d+)\r$", text, re.MULTILINE)
        calls = re.search(r"cmdstat_fcall:calls=(\d+)", text)
        cpu = re.findall(r"used_cpu_(?:sys|user):([\d.]+)", text)
        return Sample(time.monotonic(), sum(map(int, records)), int(calls[1]) if calls else 0,
                      sum(map(float, cpu)))


Sample = collections.namedtuple("Sample", "time pages calls processor")


def wait_for(holds, limit=30):
    until = time.monotonic() + limit
    while not holds():
        if time.monotonic() > until:
            raise RuntimeError("a server did not start")
        time.sleep(0.02)


class Crawl:
    def __init__(self, binary, folder, site, options, seeds=1, shards=1):
        self.binary, self.folder, self.site, self.shards = binary, folder, site, shards
        self.options = options
        self.seeds = folder / "seeds.txt"
        self.seeds.write_text("".join(f"{site.url(n)}\n" for n in range(seeds)))

    def command(self, output, shared=()):
        return [self.binary, "-r", str(self.seeds), *shared, "--scope", "any", "--connect-to",
                f"::127.0.0.1:{self.site.port}", "-o", str(output), "--no-robots", "-q",
                *self.options]

    def worker(self, number, redis):
        return subprocess.Popen(
            self.command(self.output(number),
                         ["--shared", f"redis://127.0.0.1:{redis.port}/0/proof",
                          "--shards", str(self.shards)]),
            stderr=open(self.folder / f"worker{number}.err", "a"))

    def output(self, number):
        return self.folder / f"worker{number}.jsonl"


def urls_of(files):
    found = collections.Counter()
    for file in files:
        with open(file) as lines:
            found.update(json.loads(line)["url"] for line in lines)
    return found


def disturb(args, crawl, redis, rng):
    """Runs the workers to the crawl's end, and does to them what was asked for."""
    running = [crawl.worker(i, redis) for i in range(args.workers)]
    kills = redis_kills = 0
    gone = set()
    while True:
        time.sleep(rng.uniform(0.02, 0.2))
        live = [i for i in range(args.workers) if i not in gone and running[i].poll() is None]
        if kills < args.kills and live:
            victim = rng.choice(live)
            running[victim].kill()
            running[victim].wait()
            gone.add(victim)
            kills += 1
        if redis_kills < args.redis_kills and kills >= (
                args.kills * (redis_kills + 1) / (args.redis_kills + 1)):
            redis.kill()
            time.sleep(rng.uniform(0, 0.5))
            redis.start()
            redis_kills += 1
        for worker in sorted(gone):
            if kills >= args.kills or rng.random() < 0.5:
                gone.discard(worker)
                running[worker] = crawl.worker(worker, redis)
        if not gone and all(worker.poll() is not None for worker in running):
            break
    # Those that were killed at the very end cut what does not count.
    for i in range(args.workers):
        status = crawl.worker(i, redis).wait()
        if status not in (0, 1):
            raise RuntimeError(f"worker {i} ended with {status}: see {crawl.folder}")
    return kills, redis_kills


def most_at_once(requests):
    """How many requests of one host were under way at a time, at most."""
    most = 0
    for times in requests.values():
        # The log knows milliseconds: who ends in one is not there with who begins in it.
        events = sorted([(round(begin + 0.001, 3), 1) for begin, _ in times] +
                        [(round(end, 3), -1) for _, end in times])
        now = 0
        for _, step in events:
            now += step
            most = max(most, now)
    return most


def delay_breaches(requests, least):
    """How many pauses at a host were shorter than `least`; the shortest."""
    pauses = [second - first for times in requests.values()
              for (first, _), (second, _) in zip(times, times[1:])]
    return sum(pause < least for pause in pauses), min(pauses)


def prove(args, folder, delay):
    site = Site(folder, args.pages, args.hosts, args.latency)
    redis = Redis(folder / "redis")
    try:
        options = ["-j", "8", "--per-host", str(args.per_host), "--delay", f"{delay}s"]
        crawl = Crawl(args.crawl, folder, site, [*options, "--lease", args.lease],
                      shards=args.shards)
        began = time.monotonic()
        kills, redis_kills = disturb(args, crawl, redis, random.Random(args.seed))
        wall = time.monotonic() - began
        requests = site.requests()
        union = urls_of(crawl.output(i) for i in range(args.workers))
        alone = Crawl(args.crawl, folder, site, ["-j", "64", "--per-host", "8", "--delay", "0s"])
        subprocess.run(alone.command(folder / "alone.jsonl"), check=True)
        expected = urls_of([folder / "alone.jsonl"])
    finally:
        site.close()
        redis.kill()
    twice = sum(count > 1 for count in union.values())
    most = most_at_once(requests)
    breaches, shortest = delay_breaches(requests, delay - args.lateness)
    asked = sum(len(times) for times in requests.values())
    print(f"{args.workers} workers killed {kills} times, Redis {redis_kills} times, in {wall:.0f} s: "
          f"{len(union)} pages of {len(expected)}, {twice} of them twice; {asked} requests")
    print(f"  at one host at once: {most} (may be {args.per_host})")
    print(f"  the shortest pause: {shortest:.3f} s (may be {delay}); {breaches} shorter by more "
          f"than {args.lateness} s", flush=True)
    return (union == expected and len(expected) == args.pages and most <= args.per_host and
            breaches == 0)


def timed(crawl, redis, workers):
    """Wall and processor time of a crawl by so many workers, and samples of its Redis."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    samples = [redis.so_far(crawl.shards)]
    running = [crawl.worker(i, redis) for i in range(workers)]
    while any(worker.poll() is None for worker in running):
        time.sleep(0.25)  # to be asked is work too
        samples.append(redis.so_far(crawl.shards))
    if any(worker.returncode not in (0, 1) for worker in running):
        raise RuntimeError(f"a worker failed: see {crawl.folder}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return samples, (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def middle(samples):
    """Of a crawl between a quarter and three quarters of its pages: pages a second, calls and
    Redis's processor time a page."""
    pages = samples[-1].pages
    first, last = (next(each for each in samples if each.pages >= pages * part)
                   for part in (0.25, 0.75))
    done = last.pages - first.pages
    return (done / (last.time - first.time), (last.calls - first.calls) / done,
            (last.processor - first.processor) / done)


QUICK = ["-j", "8", "--per-host", "2", "--delay", "0s"]


def measure(args, folder):
    print("                 from begin to end              |             in the middle\n"
          "workers       s  of N  worker us  Redis us  calls  |  pages/s  of N  Redis us   calls")
    hosts_per_page = args.hosts / args.pages
    one = None
    for workers in args.measured:
        pages = workers * args.pages_each
        figures = []
        for number in range(args.rounds):
            part = folder / f"{workers}-{number}"
            part.mkdir()
            site = Site(part, pages, max(8, int(pages * hosts_per_page)), args.latency)
            redis = Redis(part / "redis")
            try:
                crawl = Crawl(args.crawl, part, site, QUICK, args.seeds or site.hosts, args.shards)
                samples, processor = timed(crawl, redis, workers)
                rate, steady_calls, steady_redis = middle(samples)
                first, last = samples[0], samples[-1]
                figures.append((last.time - first.time, processor / pages * 1e6,
                                (last.processor - first.processor) / pages * 1e6,
                                last.calls / pages, rate, steady_redis * 1e6, steady_calls))
            finally:
                site.close()
                redis.kill()
        wall, worker_us, redis_us, calls, rate, steady_us, steady_calls = (
            statistics.median(column) for column in zip(*figures))
        one = one or (wall, rate / workers)
        print(f"{workers:7}  {wall:6.1f}  {one[0] / wall:4.2f}  {worker_us:9.0f}  {redis_us:8.1f}  "
              f"{calls:6.4f} |  {rate:7.0f}  {rate / workers / one[1]:4.2f}  {steady_us:8.1f}  "
              f"{steady_calls:6.4f}", flush=True)
    # Beside a crawl whose state is a file.
    part = folder / "file"
    part.mkdir()
    site = Site(part, args.pages_each, max(8, int(args.pages_each * hosts_per_page)), args.latency)
    try:
        crawl = Crawl(args.crawl, part, site, QUICK, site.hosts)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(crawl.command(part / "file.jsonl", ["--state", str(part / "file.state")]),
                       check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    finally:
        site.close()
    processor = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    print(f"--state: {processor / args.pages_each * 1e6:.0f} us/page")
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crawl", default="build/crawl")
    for name, default in (("pages", 20000), ("hosts", 500), ("workers", 8), ("kills", 100),
                          ("redis-kills", 10), ("per-host", 2), ("seed", 7),
                          ("pages-each", 3000), ("rounds", 3), ("shards", 1), ("seeds", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    for name, default in (("latency", 0.05), ("delay", 0.2), ("lateness", 0.1)):
        parser.add_argument(f"--{name}", type=float, default=default)
    parser.add_argument("--lease", default="3s")
    parser.add_argument("--throughput", action="store_true")
    parser.add_argument("--measured", type=int, nargs="+", default=[1, 2, 4, 8])
    args = parser.parse_args()
    args.crawl = os.path.abspath(args.crawl)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="crawl-proof-"))
    folder.chmod(0o755)  # nginx may have another user's rights
    if args.throughput:
        right = measure(args, folder)
    else:
        right = all([prove(args, folder / str(delay), delay) for delay in (0.0, args.delay)])
        print("as it should be" if right else "NOT AS IT SHOULD BE")
    if not right:
        print(f"see {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
