#!/usr/bin/python3
"""Token F1 of what is read of pages against what their content is, beside other
programs, on the pages in data/content (see its README).

Usage: score.py CONTENT_FILES [--peers DIRECTORY] [--pages] [--show NAME]
  CONTENT_FILES   the program of that name in the build
  --peers         also readability, html2text, jusText (Python) and Readability,
                  turndown, defuddle (npm packages in DIRECTORY)
  --pages         every page's F1
  --show NAME     what is missing and too much of one page
Exit status 1 if the goal is not met: 0.95 on average, above every other, and
no page under 0.7 that LOW does not give a reason for."""
import argparse
import collections
import glob
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "../../../data/content")
GOAL, LEAST = 0.95, 0.7
# Page: why.
LOW = {"sqlite-upsert-clause": "its content is a drawing (svg), and what is written in drawings is no text"}


def tokens(text):
    return collections.Counter(re.findall(r"\w+", text.lower()))


def f1(found, wanted):
    found, wanted = tokens(found), tokens(wanted)
    both = sum((found & wanted).values())
    if both == 0:
        return 0.0
    precision, recall = both / sum(found.values()), both / sum(wanted.values())
    return 2 * precision * recall / (precision + recall)


def text_of_html(html):
    """Text of a fragment, for programs that give HTML."""
    import lxml.html
    if not html.strip():
        return ""
    root = lxml.html.fromstring(f"<div>{html}</div>")
    for gone in root.xpath("//script | //style"):
        gone.drop_tree()
    return " ".join(root.itertext())


def text_of_markdown(text):
    return re.sub(r"\]\([^)]*\)|</?[a-z][^>]*>|&#?\w+;", "]", text)


def python_peers(pages):
    """NAME: texts, of the Python programs that are installed."""
    found = {}

    def run(name, function):
        texts = []
        for page in pages:
            try:
                texts.append(function(open(page, encoding="utf-8", errors="replace").read()))
            except Exception as error:  # noqa: BLE001  theirs, of any kind
                print(f"{name}: {page}: {error}", file=sys.stderr)
                texts.append("")
        found[name] = texts

    try:
        import readability

        def read(html):
            document = readability.Document(html)
            return text_of_html(f"<h1>{document.short_title()}</h1>" + document.summary())
        run("python3-readability", read)
    except ImportError as error:
        print(error, file=sys.stderr)
    try:
        import html2text

        def markdown(html):
            reader = html2text.HTML2Text()
            reader.ignore_links = reader.ignore_images = True
            return reader.handle(html)
        run("python3-html2text", markdown)
    except ImportError as error:
        print(error, file=sys.stderr)
    try:
        import justext

        def just(html):
            parts = justext.justext(html.encode(), justext.get_stoplist("English"), encoding="utf-8")
            return "\n".join(p.text for p in parts if not p.is_boilerplate)
        run("jusText", just)
    except ImportError as error:
        print(error, file=sys.stderr)
    try:
        import trafilatura

        run("trafilatura", lambda html: trafilatura.extract(html, include_comments=False, include_tables=True) or "")
    except ImportError as error:
        print(error, file=sys.stderr)
    return found


def node_peers(pages, directory):
    lines = subprocess.run(["node", f"{HERE}/peers.mjs"], input="\n".join(pages), text=True, check=True,
                           stdout=subprocess.PIPE, env={**os.environ, "PEERS_DIR": os.path.abspath(directory)}).stdout
    found = [json.loads(line) for line in lines.splitlines()]
    return {"@mozilla/readability": [text_of_html(f["readability"]) for f in found],
            "defuddle": [text_of_html(f["defuddle"]) for f in found],
            "turndown": [text_of_markdown(f["turndown"]) for f in found]}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("content_files")
    parser.add_argument("--peers")
    parser.add_argument("--pages", action="store_true")
    parser.add_argument("--show")
    args = parser.parse_args()
    pages = sorted(os.path.abspath(p) for p in glob.glob(f"{DATA}/*/*.html"))
    truth = [open(p[:-5] + ".txt", encoding="utf-8").read() for p in pages]
    names = [os.path.basename(p)[:-5] for p in pages]
    output = subprocess.run([args.content_files], input="\n".join(pages), text=True, check=True,
                            stdout=subprocess.PIPE).stdout
    found = [json.loads(line) for line in output.splitlines()]
    texts = {"crawl text": [f["text"] for f in found],
             "crawl markdown": [text_of_markdown(f["markdown"]) for f in found]}
    if args.show:
        at = names.index(args.show)
        have, want = tokens(texts["crawl text"][at]), tokens(truth[at])
        print(texts["crawl text"][at])
        print("--- missing:", *(want - have).elements())
        print("--- too much:", *(have - want).elements())
        return 0
    if args.peers is not None:
        texts.update(python_peers(pages))
        texts.update(node_peers(pages, args.peers))
    scores = {name: [f1(a, b) for a, b in zip(list_, truth)] for name, list_ in texts.items()}
    if args.pages:
        for i, name in enumerate(names):
            print(f"{name:36}", *(f"{scores[s][i]:.3f}" for s in scores))
    kinds = {name.split("-")[0] for name in names}
    print(f"{len(pages)} pages of {len(kinds)} generators")
    average = {name: sum(s) / len(s) for name, s in scores.items()}
    for name in sorted(average, key=average.get, reverse=True):
        worst = min(range(len(names)), key=scores[name].__getitem__)
        print(f"{name:24} F1 {average[name]:.3f}  least {scores[name][worst]:.3f} ({names[worst]})")
    good = average["crawl text"] >= GOAL
    good = good and all(average["crawl text"] > a for n, a in average.items() if not n.startswith("crawl"))
    low = [n for n, s in zip(names, scores["crawl text"]) if s < LEAST and n not in LOW]
    for name in low:
        print(f"under {LEAST}, and no reason given: {name}")
    return 0 if good and not low else 1


if __name__ == "__main__":
    sys.exit(main())
