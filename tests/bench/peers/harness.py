"""Runs a command as a user would and takes the operating system's own account of it."""

import json
import pathlib
import statistics
import subprocess
import sys
from dataclasses import dataclass, field


@dataclass
class Run:
    """One finished run of one command."""

    wall: float  # seconds
    cpu: float  # user + system seconds, children included
    rss: int  # bytes, the largest single process
    pages: int = 0
    status: int = 0
    slowest: float | None = None  # seconds that the slowest page took, by crawl's records


@dataclass
class Contender:
    """A tool on a work load: how to call it and what it is expected to fetch."""

    name: str
    command: list
    expected: int  # pages; a run with fewer is marked, not timed
    parses: bool = True  # reads the pages, not just fetches them
    tool: str = ""  # which of contenders.Tools it is
    records: pathlib.Path | None = None  # where crawl's records go, to find the slowest page
    env: dict = field(default_factory=dict)
    cwd: str | None = None
    runs: list = field(default_factory=list)

    def median(self, figure):
        return statistics.median(getattr(run, figure) for run in self.runs)

    @property
    def pages(self):
        return min((run.pages for run in self.runs), default=0)

    @property
    def complete(self):
        return bool(self.runs) and self.pages >= self.expected


class Runner:
    """Measures commands by runner.py, which is started `within` another command if need be."""

    def __init__(self, within=()):
        self._process = subprocess.Popen(
            [*within, sys.executable, "-I", "-S", pathlib.Path(__file__).with_name("runner.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def measure(self, command, env=None, cwd=None, timeout=600):
        """Runs `command` to its end; its output goes nowhere."""
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
    """Every contender in turn, `rounds` times over, so that drift hits all alike."""
    for round_number in range(rounds):
        in_turn = contenders
        for _ in range(quick_runs):
            for contender in in_turn:
                count_pages()  # forgets what came before
                run = measure(contender.command, env=contender.env, cwd=contender.cwd)
                run.pages = count_pages()
                if contender.records:
                    run.slowest = slowest_page(contender.records)
                contender.runs.append(run)
                log(
                    f"  round {round_number + 1}: {contender.name}: {run.wall:.2f} s wall, "
                    f"{run.cpu:.2f} s cpu, {run.rss / 1e6:.0f} MB, {run.pages} pages"
                    + (f", exit status {run.status}" if run.status else "")
                )
            in_turn = [c for c in in_turn if c.runs[-1].wall < QUICK]
