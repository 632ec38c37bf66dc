#!/usr/bin/python3
"""What a run that fails does to the others, and to what is told of them."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import report  # noqa: E402
from harness import Contender, run_rounds  # noqa: E402


def contender(name, script, pages=10, limit=300):
    return Contender(name, ["/bin/sh", "-c", script], pages, tool="crawl", limit=limit)


class Rounds(unittest.TestCase):
    def run_rounds(self, contenders, counts, rounds):
        self.log = []
        counts = iter(counts)
        calls = iter(range(1_000))
        # Before each run what is counted is forgotten.
        run_rounds(contenders, rounds, lambda: next(counts) if next(calls) % 2 else 0,
                   quick_runs=1, log=self.log.append)

    def test_who_hangs_is_killed_and_the_others_go_on(self):
        hangs, good = contender("hangs", "sleep 600", limit=1), contender("good", ":")
        self.run_rounds([good, hangs], [10, 10, 10, 10], 2)
        self.assertEqual([run.killed for run in hangs.runs], [True, True])
        self.assertFalse(hangs.complete)
        self.assertEqual([run.killed for run in good.runs], [False, False])
        self.assertTrue(good.complete)
        self.assertIn("left out, killed", self.log[1])
        self.assertIn("not timed", report.table("", "", [good, hangs]))

    def test_an_incomplete_run_is_said_and_left_out(self):
        part, good = contender("part", ":"), contender("good", ":")
        self.run_rounds([good, part], [10, 10, 10, 4, 10, 10], 3)
        part.runs[0].wall, part.runs[1].wall, part.runs[2].wall = 2, 1_000, 4
        self.assertEqual(part.median("wall"), 3)
        self.assertEqual(part.pages, 10)
        self.assertIn("left out, incomplete", self.log[3])
        self.assertIn("part (1 of 3 runs failed)", report.table("", "", [good, part]))
        row = {"place": 0, "title": "row",
               "contenders": report.as_json("", [good, part])["contenders"]}
        for c in row["contenders"]:
            c["name"] = "crawl" if c["name"] == "good" else c["name"]
            for run in c["runs"]:
                run["slowest"] = 0
        self.assertIn("/ 3 (1 of 3 runs failed)", report.web_section({"row": row})[0])

    def test_the_first_may_fail_too(self):
        first, good = contender("first", ":"), contender("good", ":")
        self.run_rounds([first, good], [0, 10], 1)
        self.assertIn("first | not timed: fetched 0 of 10", report.table("", "", [first, good]))


unittest.main()
