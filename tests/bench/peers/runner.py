"""Runs commands for harness.py, one a line, and says what each one took.

A process of its own, and a small one: what a command takes of memory is counted from the
fork on, so that a large parent would pass for the command's own peak.
"""

import json
import os
import signal
import sys
import time


def run(command, env, cwd, timeout):
    begin = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        if cwd:
            os.chdir(cwd)
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        try:
            os.execvpe(command[0], command, {**os.environ, **env})
        except OSError:
            os._exit(127)
    killed = False

    def kill(*_):
        nonlocal killed
        killed = True
        os.killpg(pid, signal.SIGKILL)

    signal.signal(signal.SIGALRM, kill)
    signal.alarm(timeout)
    _, status, usage = os.wait4(pid, 0)
    signal.alarm(0)
    return {
        "wall": time.monotonic() - begin,
        "cpu": usage.ru_utime + usage.ru_stime,
        "rss": usage.ru_maxrss * 1024,
        "status": os.waitstatus_to_exitcode(status),
        "killed": killed,
    }


for line in sys.stdin:
    print(json.dumps(run(**json.loads(line))), flush=True)
