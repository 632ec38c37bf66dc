"""Runs a command as a user would and takes the operating system's own account of it."""

import os
import signal
import statistics
import time
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


def measure(command, env=None, cwd=None, timeout=600, stdout=None):
    """Runs `command` to its end; its output goes to `stdout` or nowhere."""
    begin = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        if cwd:
            os.chdir(cwd)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        out = os.open(stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) if stdout else null
        os.dup2(out, 1)
        os.dup2(null, 2)
        try:
            os.execvpe(command[0], command, {**os.environ, **(env or {})})
        except OSError:
            os._exit(127)

    def on_alarm(*_):
        os.killpg(pid, signal.SIGKILL)

    previous = signal.signal(signal.SIGALRM, on_alarm)
    signal.alarm(timeout)
    _, status, usage = os.wait4(pid, 0)
    signal.alarm(0)
    signal.signal(signal.SIGALRM, previous)
    return Run(
        wall=time.monotonic() - begin,
        cpu=usage.ru_utime + usage.ru_stime,
        rss=usage.ru_maxrss * 1024,
        status=os.waitstatus_to_exitcode(status),
    )


def run_rounds(contenders, rounds, count_pages, log=print):
    """Every contender in turn, `rounds` times over, so that drift hits all alike."""
    for round_number in range(rounds):
        for contender in contenders:
            count_pages()  # forgets what came before
            run = measure(contender.command, contender.env, contender.cwd)
            run.pages = count_pages()
            contender.runs.append(run)
            log(
                f"  round {round_number + 1}: {contender.name}: {run.wall:.2f} s wall, "
                f"{run.cpu:.2f} s cpu, {run.rss / 1e6:.0f} MB, {run.pages} pages"
                + (f", exit status {run.status}" if run.status else "")
            )
