"""Runs a command as a user would and takes the operating system's own account of it."""

import json
import pathlib
import statistics
import subprocess
import sys
from dataclasses import dataclass, field


@dataclass
class Run:
    """One run of one command."""

    wall: float  # seconds
    cpu: float  # user + system seconds, children included
    rss: int  # bytes, the largest single process
    pages: int = 0
    status: int = 0
    killed: bool = False  # its time was up
    slowest: float | None = None  # seconds that the slowest page took, by crawl's records


@dataclass
class Contender:
    """A tool on a work load: how to call it and what it is expected to fetch."""

    name: str
    command: list
    expected: int  # pages; a run with fewer has failed
    parses: bool = True  # reads the pages, not just fetches them
    tool: str = ""  # which of contenders.Tools it is
    records: pathlib.Path | None = None  # where crawl's records go, to find the slowest page
    limit: int = 300  # seconds that a run may take
    env: dict = field(default_factory=dict)
    cwd: str | None = None
    runs: list = field(default_factory=list)

    def is_good(self, run):
        return not run.killed and run.pages >= self.expected

    @property
    def good_runs(self):
        """Those that count: to its end, and with all pages."""
        return [run for run in self.runs if self.is_good(run)]

    def median(self, figure):
        return statistics.median(getattr(run, figure) for run in self.good_runs)

    @property
    def pages(self):
        """Of the runs that count; the most of any, if none does."""
        return (min(run.pages for run in self.good_runs) if self.complete
                else max((run.pages for run in self.runs), default=0))

    @property
    def complete(self):
        return bool(self.good_runs)


class Runner:
    """Measures commands by runner.py, which is started `within` another command if need be."""

    def __init__(self, within=()):
        self._process = subprocess.Popen(
            [*within, sys.executable, "-I", "-S", pathlib.Path(__file__).with_name("runner.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def measure(self, command, env=None, cwd=None, timeout=600):
        """Runs `command` to its end, at most for `timeout` seconds; its output goes nowhere."""
        request = {"command": command, "env": env or {}, "cwd": cwd, "timeout": timeout}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return Run(**json.loads(self._process.stdout.readline()))

    def close(self):
        self._process.stdin.close()
        self._process.wait()


_runner = None


def measure(command, **how):
    """Runs `command` where this program runs."""
    global _runner
    _runner = _runner or Runner()
    return _runner.measure(command, **how)


def slowest_page(records):
    """The longest time_total in the records of crawl."""
    with open(records) as lines:
        return max((json.loads(line)["time_total"] or 0 for line in lines), default=0)


# A run as short as this one is repeated so often a round: what else the machine does weighs
# more on it.
QUICK = 1.0  # seconds
QUICK_RUNS = 5


def run_rounds(contenders, rounds, count_pages, measure=measure, quick_runs=QUICK_RUNS, log=print):
    """Every contender in turn, `rounds` times over, so that drift hits all alike.

    A run that fails is said to have and left out of what is told; the others go on.
    """
    for round_number in range(rounds):
        in_turn = contenders
        for _ in range(quick_runs):
            for contender in in_turn:
                count_pages()  # forgets what came before
                run = measure(contender.command, env=contender.env, cwd=contender.cwd,
                              timeout=contender.limit)
                run.pages = count_pages()
                if contender.records and contender.is_good(run):
                    run.slowest = slowest_page(contender.records)
                contender.runs.append(run)
                log(
                    f"  round {round_number + 1}: {contender.name}: {run.wall:.2f} s wall, "
                    f"{run.cpu:.2f} s cpu, {run.rss / 1e6:.0f} MB, {run.pages} pages"
                    + (f", exit status {run.status}" if run.status else "")
                    + ("" if contender.is_good(run) else
                       f": left out, {'killed' if run.killed else 'incomplete'}")
                )
            in_turn = [c for c in in_turn if c.runs[-1].wall < QUICK]
