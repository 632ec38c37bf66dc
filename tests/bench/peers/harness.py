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


@dataclass
class Contender:
    """A tool on a work load: how to call it and what it is expected to fetch."""

    name: str
    command: list
    expected: int  # pages; a run with fewer is marked, not timed
    parses: bool = True  # reads the pages, not just fetches them
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


_runner = None


def measure(command, env=None, cwd=None, timeout=600):
    """Runs `command` to its end; its output goes nowhere."""
    global _runner
    if _runner is None:
        _runner = subprocess.Popen(
            [sys.executable, "-I", "-S", pathlib.Path(__file__).with_name("runner.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    request = {"command": command, "env": env or {}, "cwd": cwd, "timeout": timeout}
    _runner.stdin.write(json.dumps(request) + "\n")
    _runner.stdin.flush()
    return Run(**json.loads(_runner.stdout.readline()))


# A run as short as this one is repeated so often a round: what else the machine does weighs
# more on it.
QUICK = 1.0  # seconds
QUICK_RUNS = 5


def run_rounds(contenders, rounds, count_pages, log=print):
    """Every contender in turn, `rounds` times over, so that drift hits all alike."""
    for round_number in range(rounds):
        in_turn = contenders
        for _ in range(QUICK_RUNS):
            for contender in in_turn:
                count_pages()  # forgets what came before
                run = measure(contender.command, contender.env, contender.cwd)
                run.pages = count_pages()
                contender.runs.append(run)
                log(
                    f"  round {round_number + 1}: {contender.name}: {run.wall:.2f} s wall, "
                    f"{run.cpu:.2f} s cpu, {run.rss / 1e6:.0f} MB, {run.pages} pages"
                    + (f", exit status {run.status}" if run.status else "")
                )
            in_turn = [c for c in in_turn if c.runs[-1].wall < QUICK]
