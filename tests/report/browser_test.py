#!/usr/bin/env python3
"""A report in a real browser: usage: browser_test.py CRAWL [FOREIGN].

Headless Chromium opens the page of a crawl of a hostile site, that of a check, of
a comparison and of a crawl that got nothing: its console says nothing, its policy
stops nothing of its own, no stranger's script has run; without scripts all of it
is there. Then every control is clicked, in a copy of the page without the policy,
where a script of the test may run. There axe-core, if it is in FOREIGN (see
tests/foreign/install.sh), finds no violation of what makes pages usable for all,
light and dark, with everything unfolded; and at no width does the page stand out
of its window. Ends with 77 where there is no Chromium.
"""
import html
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

EVIL = ('</script><script>document.title="pwned"</script>"\'>'
        '<img src=x onerror="document.title=\'pwned\'">')

CLICKS = """
<script>
const said = [];
addEventListener("error", event => said.push("error: " + event.message));
addEventListener("load", () => {
  const buttons = [...document.querySelectorAll("th button")];
  for (const button of buttons) {
    const head = button.parentElement, body = head.closest("table").tBodies[0];
    const before = body.rows.length;
    for (const way of ["ascending", "descending"]) {
      button.click();
      if (head.getAttribute("aria-sort") !== way) said.push("not " + way);
      const keys = [...body.rows].map(row => {
        const cell = row.cells[head.cellIndex];
        return cell.dataset.v ?? cell.textContent;
      });
      const ordered = keys.every((key, i) => {
        if (i === 0) return true;
        const [a, b] = way === "ascending" ? [keys[i - 1], key]
                                           : [key, keys[i - 1]];
        const x = Number(a), y = Number(b);
        return a !== "" && b !== "" && !Number.isNaN(x) && !Number.isNaN(y)
            ? x <= y : a.localeCompare(b) <= 0;
      });
      if (!ordered) said.push("not in order: " + keys);
    }
    if (body.rows.length !== before) said.push("rows were lost");
  }
  const inputs = [...document.querySelectorAll("label.filter input")];
  for (const input of inputs) {
    const rows = [...input.parentElement.nextElementSibling
                      .querySelectorAll("tbody tr")];
    for (const [typed, shown] of [["no such text", 0], ["", rows.length]]) {
      input.value = typed;
      input.dispatchEvent(new Event("input"));
      if (rows.filter(row => !row.hidden).length !== shown)
        said.push("filter " + typed);
    }
  }
  const parts = [...document.querySelectorAll("summary")];
  for (const part of parts) {
    const was = part.parentElement.open;
    part.click();
    if (part.parentElement.open === was) said.push("does not open");
  }
  const links = [...document.querySelectorAll("nav a")];
  for (const link of links) {
    if (!document.getElementById(link.hash.slice(1))) said.push(link.hash);
  }
  said.push(`clicked ${buttons.length} ${inputs.length} ${parts.length} ` +
            `${links.length}`);
  document.title = said.join("; ");
});
</script>
"""


AUDIT = """
<script src="axe.min.js"></script>
<script>
addEventListener("load", async () => {
  for (const each of document.querySelectorAll("details")) each.open = true;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const found = await axe.run(document, {resultTypes: ["violations"]});
  document.title = `axe ${dark ? "dark" : "light"} ${found.passes.length} ` +
      JSON.stringify(found.violations.map(each =>
          [each.id, each.nodes.length, each.nodes[0].html.slice(0, 300),
           each.nodes[0].failureSummary]));
});
</script>
"""

WIDTH = """
<script>
addEventListener("load", () => {
  for (const each of document.querySelectorAll("details")) each.open = true;
  parent.postMessage([innerWidth, document.documentElement.scrollWidth], "*");
});
</script>
"""

# Windows narrower than 500 pixels are not to be had, frames are.
FRAMES = """<!DOCTYPE html><title>none</title><script>
const said = [];
addEventListener("message", event => {
  said.push(event.data);
  document.title = JSON.stringify(said.sort((a, b) => a[0] - b[0]));
});
</script>
<iframe src="copy.html" width="400" height="900"></iframe>
<iframe src="copy.html" width="1280" height="900"></iframe>
<iframe src="copy.html" width="2560" height="900"></iframe>
"""


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        path = self.path.split("?")[0]
        body, status = "", 200
        headers = [("Content-Type", "text/html; charset=utf-8")]
        if path == "/robots.txt":
            body = "User-agent: *\nDisallow: /hidden " + EVIL + "\n"
            body += "Disallow: /hidden\n"
        elif path.startswith("/missing"):
            status = 404
        elif path.startswith("/moved"):
            status = 302
            headers.append(("Location", "/page/1?" + EVIL))
        else:
            number = int(re.sub(r"\D", "", path) or 0)
            body = f"<title>{EVIL}</title><meta name=description content=x>"
            for link in [f"/page/{2 * number + k}" for k in (1, 2)
                         if 2 * number + k < 40]:
                body += f"<a href='{link}'>{EVIL}</a>"
            body += f"<a href=/missing/{number % 7}><a href=/moved/{number % 3}>"
            body += f"<a href=/hidden/{number}><a href='/page/?{EVIL}'>"
            headers.append(("X-Evil", EVIL))
        data = body.encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def browse(browser, page, profile, *more):
    result = subprocess.run(
        [browser, "--headless=new", "--no-sandbox", "--disable-gpu",
         "--disable-dev-shm-usage", "--user-data-dir=" + profile,
         "--enable-logging=stderr", "--dump-dom", *more, "file://" + page],
        capture_output=True, text=True, timeout=240)
    console = [line for line in result.stderr.splitlines() if "CONSOLE" in line]
    return result.stdout, console


def title_of(dom):
    found = re.search("<title>(.*?)</title>", dom, re.S)
    return found.group(1) if found else ""


def copy_with(page, script, copy):
    """The page with a script of the test in it, which its policy would stop."""
    text = open(page, encoding="utf-8").read()
    policy = text.index('<meta http-equiv="Content-Security-Policy"')
    with open(copy, "w", encoding="utf-8") as out:
        out.write(text[:policy] + text[text.index("\n", policy):]
                  .replace("</body>", script + "</body>"))


def check_looks(browser, page, folder, profile, foreign):
    copy = os.path.join(folder, "copy.html")
    copy_with(page, WIDTH, copy)
    frames = os.path.join(folder, "frames.html")
    with open(frames, "w", encoding="utf-8") as out:
        out.write(FRAMES)
    dom, _ = browse(browser, frames, profile, "--virtual-time-budget=60000")
    widths = json.loads(title_of(dom))
    assert len(widths) == 3 and all(own <= width for width, own in widths), widths
    axe = os.path.join(foreign, "node_modules", "axe-core", "axe.min.js")
    if not os.path.exists(axe):
        print("there is no axe-core")
        return
    shutil.copy(axe, folder)
    copy_with(page, AUDIT, copy)
    for number, scheme in enumerate(("dark", "light")):
        dom, console = browse(
            browser, copy, profile, "--virtual-time-budget=120000",
            f"--blink-settings=preferredColorScheme={number}")
        assert not console, console
        said = html.unescape(title_of(dom))
        assert re.fullmatch(rf"axe {scheme} [1-9]\d* \[\]", said), said
        print(said)


def check_clicks(browser, page, folder, profile):
    dom, console = browse(browser, page, profile)
    assert not console, console
    # Its own script ran, and found tables to sort.
    assert '<th class="n"><button type="button">' in dom
    copy = os.path.join(folder, "copy.html")
    copy_with(page, CLICKS, copy)
    dom, console = browse(browser, copy, profile)
    assert not console, console
    said = title_of(dom)
    assert re.fullmatch(r"clicked [1-9]\d*( \d+){3}", said), said
    print(said)
    return [int(n) for n in said.split()[1:]]


def check_without_script(browser, page, folder, profile):
    """All of it is there to read, headings of tables are headings."""
    text = open(page, encoding="utf-8").read()
    copy = os.path.join(folder, "copy.html")
    with open(copy, "w", encoding="utf-8") as out:
        out.write(re.sub("<script>.*?</script>", "", text, flags=re.S))
    dom, console = browse(browser, copy, profile)
    assert not console, console
    assert "<button" not in dom and "<input" not in dom
    for mark in ("<section", "<table", "<svg", "<details", "</td>"):
        assert dom.count(mark) == text.count(mark) > 0, mark


def main():
    browser = shutil.which("chromium")
    if not browser:
        print("there is no chromium")
        return 77
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_port}/"
    foreign = sys.argv[2] if len(sys.argv) > 2 else ""
    with tempfile.TemporaryDirectory() as folder:
        profile = os.path.join(folder, "profile")

        def report(name, *arguments):
            page = os.path.join(folder, name + ".html")
            subprocess.run(
                [sys.argv[1], "-q", "--no-config", "--report", page, "-o",
                 os.path.join(folder, name), *arguments], check=False,
                stdout=subprocess.DEVNULL)
            return page

        for page in (report("crawled", "-r", "--no-sitemaps", site),
                     report("checked", "--check", "--no-sitemaps", site)):
            dom, _ = browse(browser, page, profile)
            assert title_of(dom).startswith("Crawl from " + site[:-1]), dom[:500]
            # Tables, filters, parts to unfold, links to parts.
            assert all(check_clicks(browser, page, folder, profile))
            check_without_script(browser, page, folder, profile)
            check_looks(browser, page, folder, profile, foreign)
        compared = report("compared", "--compare=2,4", site + "page/1")
        check_clicks(browser, compared, folder, profile)
        check_looks(browser, compared, folder, profile, foreign)
        empty = report("empty", "-r", "--retry", "0", "http://127.0.0.1:1/")
        check_clicks(browser, empty, folder, profile)
        check_looks(browser, empty, folder, profile, foreign)
    return 0


sys.exit(main())
