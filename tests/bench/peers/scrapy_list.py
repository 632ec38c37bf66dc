"""Scrapy over a list (no links followed) or a whole site (--follow).

Usage: scrapy_list.py LIST_OR_URL CONCURRENCY OUTPUT [--follow | --extract CSS...]
"""

import sys
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import CrawlerProcess

follow = "--follow" in sys.argv
selectors = sys.argv[5:] if "--extract" in sys.argv else []


class Spider(scrapy.Spider):
    name = "bench"

    def start_requests(self):
        urls = [sys.argv[1]] if follow else [line.strip() for line in open(sys.argv[1])]
        for url in urls:
            yield scrapy.Request(url, dont_filter=not follow)

    def parse(self, response):
        if not isinstance(response, scrapy.http.HtmlResponse):
            return
        if selectors:
            yield {"url": response.url,
                   "extracted": [response.css(one).getall() for one in selectors]}
            return
        links = [response.urljoin(href) for href in response.css("a::attr(href)").getall()]
        yield {"url": response.url, "status_code": response.status,
               "title": response.css("title::text").get(), "link_count": len(links)}
        if follow:
            host = urlsplit(response.url).netloc
            for link in links:
                if urlsplit(link).netloc == host:
                    yield scrapy.Request(link)


process = CrawlerProcess({
    "CONCURRENT_REQUESTS": int(sys.argv[2]),
    "CONCURRENT_REQUESTS_PER_DOMAIN": int(sys.argv[2]),
    "DOWNLOAD_DELAY": 0,
    "ROBOTSTXT_OBEY": False,
    "LOG_LEVEL": "ERROR",
    "TELNETCONSOLE_ENABLED": False,
    "RETRY_ENABLED": False,
    "REQUEST_FINGERPRINTER_IMPLEMENTATION": "2.7",
    "FEEDS": {sys.argv[3]: {"format": "jsonlines", "overwrite": True}},
})
process.crawl(Spider)
process.start()
