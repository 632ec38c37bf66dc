"""What archives cost: written beside wget and beside no archive, read beside gzip."""

import contextlib
import pathlib
import shutil
import statistics

import web
from contenders import JOBS
from harness import Contender, measure, run_rounds
from nginx import Nginx

MEGABYTE = 1e6


def size_of(path):
    return pathlib.Path(path).stat().st_size


def written(bench, contenders, server):
    """Runs them in turn; the server has read every page before the first is measured."""
    measure(contenders[0].command)
    run_rounds(contenders, bench.options.rounds, server.count_pages,
               quick_runs=bench.quick_runs)
    return [contender for contender in contenders if contender.complete]


def contender(name, command, pages):
    return Contender(name, [str(word) for word in command], pages)


def archives(bench, _):
    rows, data = [], []

    def add(what, ours, other, ratio, at_most, digits=2):
        rows.append((what, f"{ours:.{digits}f}", f"{other:.{digits}f}", f"{ratio:.2f}",
                     f"{at_most:.2f}"))
        data.append({"what": what, "crawl": ours, "other": other, "ratio": ratio,
                     "budget": at_most})

    kept = bench.work / "kept"
    with contextlib.closing(Nginx(bench.work / "plain", bench.pages)) as server:
        urls = bench.page_urls(server.site)
        listed = bench.write_list(urls)
        ours = contender("crawl --warc-file", bench.crawl(
            listed, "-j", JOBS, "-o", bench.work / "warc.jsonl", "--warc-file", kept,
            "--overwrite"), len(urls))
        others = [ours]
        if shutil.which("wget"):
            others.append(contender("wget --warc-file", [
                "wget", "-q", "--no-config", "-i", listed, "-O", "/dev/null",
                f"--warc-file={bench.work}/wget"], len(urls)))
        run = written(bench, others, server)
        if len(run) == 2:
            wget = run[1]
            for what, figure, at_most in (("processor", "cpu", 0.4), ("wall", "wall", 0.2)):
                mine, theirs = ours.median(figure), wget.median(figure)
                add(f"written, http: {what} s, to wget --warc-file", mine, theirs,
                    mine / theirs, at_most)
            mine, theirs = size_of(f"{kept}.warc.gz"), size_of(bench.work / "wget.warc.gz")
            add("written, http: MB, to wget --warc-file", mine / MEGABYTE, theirs / MEGABYTE,
                mine / theirs, 1.03, digits=1)
        else:
            print("archives: not beside wget, which is missing or did not fetch all")
        measure(bench.crawl(listed, "-j", JOBS, "-o", "/dev/null", "--warc-file", kept,
                            "--no-warc-compression", "--overwrite"))

    with contextlib.closing(Nginx(
            bench.work / "packed", web.zipped(bench.pages, bench.work / "gzip"),
            locations="gzip_static on;", coding="gzip")) as server:
        urls = bench.page_urls(server.site)
        listed = bench.write_list(urls)
        out = bench.work / "packed.jsonl"
        plain = bench.crawl(listed, "-j", JOBS, "-o", out, "--overwrite")
        pair = [contender("crawl", plain, len(urls)),
                contender("crawl --warc-file", [*plain, "--warc-file", bench.work / "packed-kept"],
                          len(urls))]
        written(bench, pair, server)
        without, with_archive = (each.median("cpu") for each in pair)
        add("written, server sends gzip: processor s, to none written", with_archive, without,
            with_archive / without, 1.35)

    read(bench, kept, len(urls), add)
    bench.add_rows(f"Archives of {len(urls):,} real pages",
                   ("", "crawl", "other", "ratio", "budget"), rows, data)


def read(bench, kept, pages, add):
    """Full records of what was written, packed and not."""
    rounds = bench.options.rounds * bench.quick_runs
    packed, plain = f"{kept}.warc.gz", f"{kept}.warc"
    out = bench.work / "read.jsonl"
    runs = {"crawl": [], "gzip": [], "plain": []}
    for _ in range(rounds):
        runs["crawl"].append(measure(bench.crawl(packed, "-o", out)))
        runs["gzip"].append(measure(["gzip", "-dc", packed]))
        runs["plain"].append(measure(bench.crawl(plain, "-o", out)))
    wall = {name: statistics.median(run.wall for run in each) for name, each in runs.items()}
    assert sum(1 for _ in open(out)) == pages
    add("read, .warc.gz to full records: wall s, to gzip -dc", wall["crawl"], wall["gzip"],
        wall["crawl"] / wall["gzip"], 0.4)
    # A request, a response and a metadata record each.
    records = 3 * pages / wall["plain"]
    add("read, .warc: 1,000 records a second, to 60 at least", records / 1000, 60,
        60_000 / records, 1.0, digits=0)
    most = max(run.rss for name in ("crawl", "plain") for run in runs[name])
    add("read: most memory in MB, to 64", most / MEGABYTE, 64, most / (64 * MEGABYTE), 1.0, digits=1)


WORKLOADS = {"archives": archives}
