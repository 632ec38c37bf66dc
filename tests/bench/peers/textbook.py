"""The textbook program: ThreadPoolExecutor, urllib, html.parser, a JSON line a page.

Usage: textbook.py LIST WORKERS OUTPUT
"""

import json
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor, as_completed
from html.parser import HTMLParser
from urllib.parse import urljoin


class Page(HTMLParser):
    def __init__(self, base):
        super().__init__()
        self.base, self.title, self.links, self.in_title = base, "", [], False

    def handle_starttag(self, tag, attrs):
        if tag == "title":
            self.in_title = True
        elif tag == "a":
            href = dict(attrs).get("href")
            if href:
                self.links.append(urljoin(self.base, href))

    def handle_endtag(self, tag):
        if tag == "title":
            self.in_title = False

    def handle_data(self, data):
        if self.in_title:
            self.title += data


def fetch(url):
    with urllib.request.urlopen(url, timeout=60) as response:
        body = response.read().decode("utf-8", "replace")
        page = Page(url)
        page.feed(body)
        return {"url": url, "status_code": response.status, "title": page.title,
                "link_count": len(page.links)}


def main():
    urls = [line.strip() for line in open(sys.argv[1])]
    with ThreadPoolExecutor(int(sys.argv[2])) as pool, open(sys.argv[3], "w") as out:
        for future in as_completed([pool.submit(fetch, url) for url in urls]):
            out.write(json.dumps(future.result()) + "\n")


main()
