"""What the runs came to: tables for people, a JSON file, a bar chart as SVG."""

import html
import json
import statistics


def _and_failures(text, runs):
    """A text, and how many of the runs do not count, if there are such."""
    failed = sum(not run.get("good", True) for run in runs)
    return f"{text} ({failed} of {len(runs)} runs failed)" if failed else text


def _runs(contender):
    return [{**vars(run), "good": contender.is_good(run)} for run in contender.runs]


def table(title, command, contenders):
    """Medians in Markdown; the first contender is what the ratios are against."""
    first = contenders[0]

    def ratio(contender, figure):
        return f"{contender.median(figure) / first.median(figure):.1f}" if first.complete else "-"

    lines = [
        f"### {title}",
        "",
        f"`{command}`",
        "",
        "| | wall s | ratio | cpu s | µs/page | ratio | peak MB | pages |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for contender in contenders:
        if not contender.complete:
            lines.append(
                f"| {contender.name} | not timed: fetched {contender.pages} of "
                f"{contender.expected} pages | | | | | | {contender.pages} |"
            )
            continue
        wall, cpu = contender.median("wall"), contender.median("cpu")
        lines.append(
            f"| {_and_failures(contender.name, _runs(contender))} "
            f"| {wall:.3g} | {ratio(contender, 'wall')} | {cpu:.3g} "
            f"| {1e6 * cpu / contender.expected:.0f} | {ratio(contender, 'cpu')} "
            f"| {contender.median('rss') / 1e6:.0f} | {contender.pages} |"
        )
    return "\n".join(lines) + "\n"


def word_of(word):
    """A word of a command without the folder that a run happened to be in."""
    return word.rsplit("/", 1)[1] if word.startswith("/") and word != "/dev/null" else word


def as_json(title, contenders):
    return {
        "title": title,
        "contenders": [
            {
                "name": c.name,
                "command": [word_of(word) for word in c.command],
                "tool": c.tool,
                "parses": c.parses,
                "expected": c.expected,
                "pages": c.pages,
                "complete": c.complete,
                "runs": _runs(c),
            }
            for c in contenders
        ],
    }


def _median(contender, figure):
    return statistics.median(run[figure] for run in contender["runs"] if run.get("good", True))


def web_section(rows):
    """One table of work loads, a row each: what each tool took, and what crawl took to it."""
    rows = dict(sorted(rows.items(), key=lambda row: row[1]["place"]))
    title = "The web as it is: TLS, HTTP/2, gzip, many hosts"
    names = []  # of the contenders: crawl and earlier ones first
    for row in rows.values():
        names += [c["name"] for c in row["contenders"] if c["name"] not in names]
    tools = {c["name"]: c["tool"] for row in rows.values() for c in row["contenders"]}
    names.sort(key=lambda name: ("crawl", "wget2", "curl").index(tools[name]))
    ratios = [(word, figure, name) for word, figure in (("processor", "cpu"), ("wall", "wall"))
              for name in names if name != "crawl" and (tools[name], figure) != ("curl", "cpu")]
    header = ["processor s / wall s", *names,
              *(f"{word}, to {name}" for word, _, name in ratios), "slowest page s"]
    lines = [f"### {title}", "", "`crawl urls.txt -j 64 -q -o pages.jsonl`, pages parsed; "
             "wget2 and curl parse nothing. Ratios are of crawl to the others.", "",
             "| " + " | ".join(header) + " |", "|---|" + "--:|" * (len(header) - 1)]
    for row in rows.values():
        found = {c["name"]: c for c in row["contenders"]}
        cells = []
        for name in names:
            c = found.get(name)
            cells.append("-" if not c else _and_failures(
                f"{_median(c, 'cpu'):.3g} / {_median(c, 'wall'):.3g}", c["runs"])
                if c["complete"] else f"not timed: {c['pages']} of {c['expected']} pages")
        complete = {name for name, c in found.items() if c["complete"]}
        cells += [f"{_median(found['crawl'], figure) / _median(found[name], figure):.2f}"
                  if {name, "crawl"} <= complete else "-" for _, figure, name in ratios]
        cells.append(f"{_median(found['crawl'], 'slowest'):.2f}" if "crawl" in complete else "-")
        lines.append(f"| {row['title']} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n", {"title": title, "first": True, "web": rows}


def chart(title, contenders, figure="cpu"):
    """Horizontal bars of processor time (or wall time) a page, on a log scale."""
    import math

    rows = [
        (c.name, 1e6 * c.median(figure) / c.expected, c.name.startswith("crawl"))
        for c in contenders
        if c.complete
    ]
    low = min(value for _, value, _ in rows) / 2
    high = max(value for _, value, _ in rows)
    label, width, row, top = 330, 900, 26, 44
    height = top + row * len(rows) + 16

    def bar(value):
        return (width - label - 110) * math.log(value / low) / math.log(high / low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="24" font-size="15" font-weight="bold">{html.escape(title)}</text>',
    ]
    for index, (name, value, ours) in enumerate(rows):
        y = top + row * index
        colour = "#1a7f5a" if ours else "#9aa5b1"
        parts += [
            f'<text x="{label - 8}" y="{y + 15}" text-anchor="end">{html.escape(name)}</text>',
            f'<rect x="{label}" y="{y + 2}" width="{bar(value):.1f}" height="18" fill="{colour}"/>',
            f'<text x="{label + bar(value) + 6:.1f}" y="{y + 15}">{value:,.0f} µs</text>',
        ]
    return "\n".join(parts + ["</svg>"]) + "\n"


def with_earlier(sections, path):
    """The sections, and those of an earlier run at `path` for what was not run again.

    The rows of the web's table are sections in this.
    """
    if not path.exists():
        return sections
    new = {data["title"]: (markdown, data) for markdown, data in sections}
    merged = []
    for data in json.loads(path.read_text())["sections"]:
        if "web" in data and data["title"] in new:
            new[data["title"]] = web_section({**data["web"], **new[data["title"]][1]["web"]})
        merged.append(new.pop(data["title"], (data.pop("markdown", ""), data)))
    return sorted(merged + list(new.values()), key=lambda section: "first" not in section[1])


def write_readme(readme, sections, environment, charts):
    """Puts the tables into the README's section on timings."""
    images = [f"![{name}](data/timings/{name})" for name in charts]
    body = "\n".join(["## Timings", "", *environment, "",
                      *(markdown for markdown, data in sections if "first" in data),
                      *images, "",
                      *(markdown for markdown, data in sections if "first" not in data)])
    before, _, rest = readme.read_text().partition("## Timings\n")
    _, heading, after = rest.partition("\n## ")
    readme.write_text(before + body.rstrip("\n") + "\n" + heading + after)


def write(out, sections, environment, charts):
    """The figures as JSON, with their tables, and the charts."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "timings.json").write_text(
        json.dumps({"environment": environment,
                    "sections": [{**data, "markdown": markdown} for markdown, data in sections]},
                   indent=1) + "\n"
    )
    for name, svg in charts.items():
        (out / name).write_text(svg)
