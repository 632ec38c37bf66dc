"""Compares what crawl's selectors find with what parsel's do, on real pages.

parsel (Scrapy's selectors) reads with lxml, whose parser is libxml2's and no
browser's; so it is given each page as crawl's tree writes it, on which most
differences of the parsers are gone. Pages on which lxml still builds another
tree, seen by its own list of elements, are counted and left out.

Usage: parsel_check.py EXTRACT_FILES PAGES DIRECTORY...
(PAGES: of each directory, at most so many, evenly spread)
"""

import json
import os
import subprocess
import sys

from parsel import Selector

# As they are, in both.
SAME = [
    "title::text",
    "h1::text, h2::text, h3::text",
    "a::attr(href)",
    "a[href]::text",
    "p::text",
    "p ::text",
    "body > div ::attr(id)",
    "div p a::attr(href)",
    "div > p > a::text",
    "[id]::attr(id)",
    "[class]::attr(class)",
    "div[class]::attr(class)",
    "a[href^=http]::attr(href)",
    "a[href$='.html']::attr(href)",
    "a[href*='#']::attr(href)",
    "[class~=t-li]::text",
    "[class|=mw]::attr(class)",
    "td:first-child::text",
    "tr:nth-child(2n+1) > td ::text",
    "li:nth-last-child(2)::text",
    "p:nth-of-type(2)::text",
    "td:last-child ::text",
    "tr td + td::text",
    "h2 ~ p::text",
    "h3 + p ::text",
    "a:not([title])::attr(href)",
    "div:not(.section):not([id])::attr(class)",
    "span:only-child::text",
    "code:empty::attr(class)",
    "meta::attr(content), link::attr(href), script::attr(src)",
    "//title/text()",
    "//a/@href",
    "//a[@href and not(@class)]/text()",
    "//p//text()",
    "//*[@id]/@id",
    "//table//tr[2]/td[1]//text()",
    "//td[contains(., 'const')]/text()",
    "//h2/following-sibling::p[1]/text()",
    "//a[starts-with(@href, '#')]/ancestor::div[1]/@class",
    "//li[last()]/preceding-sibling::li[1]//text()",
    "//div[count(p) > 2]/@id",
    "//text()[normalize-space() = 'Example']/..//@id",
    "//comment()",
    "./body//a/@href",
    "./head/title/text()",
    "./html/@lang",
    "./@lang",
    ".//p/text()",
    ".//td[2]//text()",
    "(.//h1 | ./body/h2)/text()",
    "//div[has-class('section')]/@id",
    "//*[has-class('reference', 'internal')]/@href",
    "//a[not(has-class('internal'))]/@href",
    ".//*[self::h2 or has-class('title')]//text()",
    "xpath:body/div/@class",
    "xpath:count(.//*[@class])",
    "p:is(.first, .last)::text",
    "xpath:count(//a)",
    "xpath:string(//h1)",
    "xpath:normalize-space(//body)",
]
# An element's text, which parsel has no word for.
TEXTS = ["h1", "p", "table tr", "li > a", "pre", "//dt", "//div[@class]/p[1]"]

def is_xpath(selector):
    return selector.startswith(("/", "./", "(", "xpath:"))


def query(page, selector):
    if is_xpath(selector):
        return page.xpath(selector.removeprefix("xpath:"))
    return page.css(selector)


def number(text):
    return text[:-2] if text.endswith(".0") else text


def theirs(page):
    for selector in SAME:
        values = query(page, selector).getall()
        if selector.startswith("xpath:count"):
            values = [number(value) for value in values]
        yield values
    for selector in TEXTS:
        yield [
            "".join(found.xpath(".//text()").getall())
            for found in query(page, selector)
        ]


def shape(page):
    """Every element's name and depth, in page order."""
    out = []
    depth = {}
    for element in page.root.iter():
        parent = element.getparent()
        depth[element] = 0 if parent is None else depth[parent] + 1
        if isinstance(element.tag, str):
            out.append(f"{depth[element]} {element.tag}")
    return out


def pages_under(directory, most):
    paths = []
    for folder, _, names in os.walk(directory):
        paths += [
            os.path.join(folder, name)
            for name in names
            if name.endswith((".html", ".htm"))
        ]
    # What all of a page is, is asked for: of larger ones it is cut.
    paths = sorted(p for p in paths if os.path.getsize(p) < 4_000_000)
    step = max(1, -(-len(paths) // most))
    return paths[::step]


def main():
    program, most, directories = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    paths = [p for d in directories for p in pages_under(d, most)]
    selectors = SAME + [selector + " | string" for selector in TEXTS]
    # From a file, so that neither waits for the other.
    ours = subprocess.run(
        [program, *selectors],
        input="".join(path + "\n" for path in paths),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout.splitlines()
    assert len(ours) == len(paths)
    compared = found = other_trees = different = 0
    for path, line in zip(paths, ours):
        line = json.loads(line)
        assert line["error"] == "", (path, line["error"])
        page = Selector(text=line["page"])
        if shape(page) != line["shape"]:
            other_trees += 1
            continue
        compared += 1
        for selector, mine, other in zip(selectors, line["values"], theirs(page)):
            found += len(mine)
            if mine == other:
                continue
            different += 1
            if different <= 20:
                print(f"{path}: {selector}\n  crawl  {mine}\n  parsel {other}")
    print(
        f"{len(paths)} pages, {other_trees} of which lxml makes another tree; "
        f"{compared} compared with {len(selectors)} selectors, {found} values, "
        f"{different} lists differ"
    )
    # A corpus that compares nothing proves nothing.
    return 1 if different or compared * 2 < len(paths) or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
