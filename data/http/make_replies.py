#!/usr/bin/python3
"""Writes replies.jsonl: raw HTTP/1.1 replies and what must come of them.

   make_replies.py > replies.jsonl

README.md says what each member means."""
import base64
import gzip
import json
import re
import struct
import sys
import zlib

PAGE = b"<!doctype html><title>hello</title><a href=/x>x</a>"
HTML = b"Content-Type: text/html\r\n"
# `zstd -c` of PAGE, and Brotli's of quality 5.
ZSTD = base64.b64decode(
    "KLUv/QRYmQEAPCFkb2N0eXBlIGh0bWw+PHRpdGxlPmhlbGxvPC90aXRsZT48YSBocmVmPS94"
    "Png8L2E+OmB31Q==")
BROTLI = base64.b64decode(
    "GzIAAAQmcoiBfJFfLJjIgUNL5fQFEzmBlmaHF6gp/R7CcrQdsnEB")
IDS = set()

STATUS = "RFC 9112 section 4"
FIELDS = "RFC 9112 section 5"
FOLD = "RFC 9112 section 5.2"
INTERIM = "RFC 9110 section 15.2"
NO_BODY = "RFC 9112 section 6.3"
LENGTH = "RFC 9112 section 6.3"
CHUNKED = "RFC 9112 section 7.1"
CODINGS = "RFC 9110 section 8.4"
FETCH_CODINGS = "Fetch standard, handle content codings"
MIME = "Fetch standard, extract a MIME type"
SNIFF = "MIME Sniffing standard section 7.1"
LOCATION = "RFC 9110 section 10.2.2"
CLOSE = "RFC 9112 section 9.8"


def packed(reply):
    """In base64; long ones as a list of pieces and how often each comes."""
    code = lambda data: base64.b64encode(data).decode()
    if len(reply) < 10000:
        return code(reply)
    pieces, begin = [], 0
    for run in re.finditer(rb"(.{1,32}?)\1{200,}", reply, re.DOTALL):
        if run.start() > begin:
            pieces.append([code(reply[begin:run.start()]), 1])
        unit = run.group(1)
        pieces.append([code(unit), len(run.group(0)) // len(unit)])
        begin = run.end()
    pieces.append([code(reply[begin:]), 1])
    return pieces


def row(id, why, standard, reply, close="keep", h2=False, **expect):
    assert id not in IDS, id
    IDS.add(id)
    one = {"id": id, "why": why, "standard": standard,
           "reply_b64": packed(reply), "close": close}
    if h2:
        one["h2"] = True
    if "cut" in expect:
        one["cut_error"] = expect.pop("cut")
    one["expect"] = expect
    print(json.dumps(one, ensure_ascii=True))


def reply(fields=b"", body=PAGE, status=b"200 OK", length=True, kind=HTML):
    head = b"HTTP/1.1 " + status + b"\r\n" + kind + fields
    if length:
        head += b"Content-Length: %d\r\n" % len(body)
    return head + b"\r\n" + body


def chunks(*pieces):
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces)


def chunked(body, fields=b"", status=b"200 OK"):
    return reply(b"Transfer-Encoding: chunked\r\n" + fields, body, status,
                 length=False)


def gz(body, level=9):
    return gzip.compress(body, level, mtime=0)


def raw_deflate(body):
    made = zlib.compressobj(9, zlib.DEFLATED, -15)
    return made.compress(body) + made.flush()


GOOD = dict(status_code=200, title="hello", size_body=len(PAGE))
HEX = b"%x" % len(PAGE)
WHOLE = chunks(PAGE)
END = b"0\r\n\r\n"


def status_lines():
    def line(id, text, why, close="keep", **expect):
        row("status-line-" + id, why, STATUS,
            text + b"\r\n" + HTML + b"Content-Length: 51\r\n\r\n" + PAGE,
            close, **expect)
    line("plain", b"HTTP/1.1 200 OK", "as most write it", **GOOD)
    line("no-reason", b"HTTP/1.1 200 ", "the reason may be empty", **GOOD)
    line("no-space", b"HTTP/1.1 200", "its space is often left out", **GOOD)
    line("latin1-reason", b"HTTP/1.1 200 D'accord \xe9", "obs-text is allowed",
         **GOOD)
    line("utf8-reason", "HTTP/1.1 200 ☃".encode(), "obs-text is allowed",
         **GOOD)
    line("long-reason", b"HTTP/1.1 200 " + b"x" * 4000, "it has no length",
         **GOOD)
    line("two-digits", b"HTTP/1.1 20 OK", "a code has three digits", "fin",
         error="protocol", status_code=0)
    line("four-digits", b"HTTP/1.1 2000 OK", "a code has three digits", "fin",
         error="protocol", status_code=0)
    line("letter-in-code", b"HTTP/1.1 2x0 OK", "a code has three digits",
         "fin", error="protocol", status_code=0)
    line("code-zero", b"HTTP/1.1 000 OK", "codes begin at 100", "fin",
         error="protocol", status_code=0)
    line("no-code", b"HTTP/1.1 OK", "a code has three digits", "fin",
         error="protocol", status_code=0)
    line("negative-code", b"HTTP/1.1 -20 OK", "a code has three digits", "fin",
         error="protocol", status_code=0)
    line("two-spaces", b"HTTP/1.1  200 OK", "one space is the rule", "fin",
         any_of=["ok", "protocol"])
    line("tab", b"HTTP/1.1\t200 OK", "a space is the rule", "fin",
         any_of=["ok", "protocol"])
    line("joined-reason", b"HTTP/1.1 200OK", "a space is the rule", "fin",
         any_of=["ok", "protocol"])
    line("lower-case", b"http/1.1 200 OK", "the name is case-sensitive", "fin",
         error="protocol", status_code=0)
    line("leading-space", b" HTTP/1.1 200 OK", "nothing comes before it",
         "fin", error="protocol", status_code=0)
    line("minor-2", b"HTTP/1.2 200 OK",
         "a higher minor version may be read as 1.1", "fin",
         any_of=["ok", "protocol"])
    line("major-2", b"HTTP/2 200 OK", "HTTP/2 is not said so", "fin",
         error="protocol", status_code=0)
    line("major-2-0", b"HTTP/2.0 200 OK", "HTTP/2 is not said so", "fin",
         error="protocol", status_code=0)
    line("icy", b"ICY 200 OK", "SHOUTcast is no HTTP", "fin",
         error="protocol", status_code=0)
    line("other-name", b"RTSP/1.0 200 OK", "another protocol", "fin",
         error="protocol", status_code=0)
    line("nul", b"HTTP/1.1 200 O\0K", "NUL is in no header", "fin",
         error="protocol")
    line("request", b"GET / HTTP/1.1", "a request is no answer", "fin",
         error="protocol", status_code=0)
    row("status-line-of-300-KB", "over the limit for headers",
        "the limit is 256 KiB",
        b"HTTP/1.1 200 " + b"x" * 300000 + b"\r\n\r\n", "fin",
        error="protocol")


def statuses():
    for code in (200, 201, 202, 203, 206, 226, 299, 300, 400, 401, 403, 404,
                 405, 410, 418, 429, 451, 499, 500, 501, 502, 503, 504, 599,
                 600, 777, 999):
        row("status-%d" % code, "an answer like any other, with a page",
            "RFC 9110 section 15", reply(status=b"%d Word" % code), h2=True,
            status_code=code, title="hello", size_body=51)
    row("retry-after", "how long to wait comes along",
        "RFC 9110 section 10.2.3",
        reply(b"Retry-After: 120\r\n", status=b"503 Busy"), h2=True,
        status_code=503, retry_after="120", title="hello")


def fields():
    def with_line(id, text, why, close="keep", h2=False, standard=FIELDS,
                  **expect):
        row("header-" + id, why, standard, reply(text), close, h2, **expect)
    row("first-header-line-folded",
        "white space behind the status line goes on with nothing",
        "RFC 9112 section 2.2 and 5.2",
        b"HTTP/1.1 200 OK\r\n folded: x\r\nContent-Length: 2\r\n\r\nok",
        any_of=["ok", "protocol"], status_code=200, size_body=2)
    row("first-header-line-folded-with-a-tab", "the same", FOLD,
        b"HTTP/1.1 200 OK\r\n\tfolded: x\r\n" + HTML +
        b"Content-Length: 51\r\n\r\n" + PAGE, **GOOD)
    row("first-header-line-blank", "white space alone goes on with nothing",
        FOLD, b"HTTP/1.1 200 OK\r\n  \r\n" + HTML +
        b"Content-Length: 51\r\n\r\n" + PAGE, **GOOD)
    row("first-header-line-folded-hides-length",
        "what belongs to the status line is no field", FOLD,
        b"HTTP/1.1 200 OK\r\n Content-Length: 2\r\n" + HTML +
        b"Content-Length: 51\r\n\r\n" + PAGE, **GOOD)
    for name, fold in (("space", b"\r\n "), ("tab", b"\r\n\t"),
                       ("twice", b"\r\n \r\n  "), ("lf", b"\n ")):
        row("folded-value-" + name, "a fold is read as a space", FOLD,
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html;" + fold +
            b"charset=windows-1251\r\nContent-Length: 21\r\n\r\n"
            b"<title>\xcf\xf0\xe8\xe2\xe5\xf2</title>",
            status_code=200, title="Привет", charset="windows-1251",
            content_type="text/html; charset=windows-1251")
    row("folded-length", "a fold is read as a space", FOLD,
        b"HTTP/1.1 200 OK\r\n" + HTML + b"Content-Length:\r\n 51\r\n\r\n" +
        PAGE, any_of=["ok", "protocol"])
    row("folded-name", "a line that goes on has no name", FOLD,
        b"HTTP/1.1 200 OK\r\nX: a\r\n Location: /no\r\n" + HTML +
        b"Content-Length: 51\r\n\r\n" + PAGE, location="", **GOOD)
    row("header-without-colon", "one bad line does not cost the page",
        "what curl and browsers do", reply(b"no colon here\r\n"), **GOOD)
    with_line("without-colon-folded", b"no colon here\r\n and more\r\n",
              "nor does what goes on with it", **GOOD)
    with_line("space-before-colon", b"X-Robots-Tag : none\r\n",
              "a bad line does not cost the page", **GOOD)
    with_line("length-with-space-before-colon", b"Content-Length : 51\r\n",
              "read as the name, or left out", **GOOD)
    with_line("empty-name", b": x\r\n", "a bad line does not cost the page",
              **GOOD)
    with_line("only-colon", b":\r\n", "a bad line does not cost the page",
              **GOOD)
    with_line("space-in-name", b"X One: x\r\n",
              "a bad line does not cost the page", **GOOD)
    with_line("latin1-name", b"X-\xe9: x\r\n",
              "a bad line does not cost the page", **GOOD)
    with_line("empty-value", b"X-Empty:\r\n", "a value may be empty", h2=True,
              **GOOD)
    with_line("no-space", b"X-One:1\r\nX-Robots-Tag:none\r\n",
              "white space around a value is not part of it", h2=True,
              x_robots_tag="none", **GOOD)
    with_line("much-space", b"X-Robots-Tag: \t  none \t \r\n",
              "white space around a value is not part of it", h2=True,
              x_robots_tag="none", **GOOD)
    with_line("upper-case", b"X-ROBOTS-TAG: none\r\n",
              "names are compared without case", h2=True, x_robots_tag="none",
              **GOOD)
    with_line("several-joined", b"X-Robots-Tag: noindex\r\n"
              b"x-robots-tag: nofollow\r\n", "several fields are a list",
              h2=True, x_robots_tag="noindex, nofollow", **GOOD)
    with_line("latin1-value", b"X-Name: caf\xe9\r\n", "obs-text is allowed",
              h2=True, **GOOD)
    with_line("utf8-value", "X-Name: café\r\n".encode(),
              "obs-text is allowed", h2=True, **GOOD)
    with_line("nul-in-value", b"X-Nul: a\0b\r\n", "NUL is in no header", "fin",
              error="protocol")
    with_line("nul-in-name", b"X\0: a\r\n", "NUL is in no header", "fin",
              error="protocol")
    with_line("control-in-value", b"X-Control: a\x01b\x7f\x1b[0m\r\n",
              "a recipient may keep other controls", **GOOD)
    with_line("bare-cr", b"X-Cr: a\rb\r\n",
              "a bare CR is invalid or a space (RFC 9112 section 2.2)",
              any_of=["ok", "protocol"])
    row("header-lf-only", "a recipient may take LF alone as a line's end",
        "RFC 9112 section 2.2", reply().replace(b"\r\n", b"\n"), **GOOD)
    row("header-lf-and-crlf", "a recipient may take LF alone as a line's end",
        "RFC 9112 section 2.2",
        b"HTTP/1.1 200 OK\n" + HTML + b"Content-Length: 51\n\r\n" + PAGE,
        **GOOD)
    row("header-cr-only", "CR alone ends no line", "RFC 9112 section 2.2",
        b"HTTP/1.1 200 OK\rContent-Length: 2\r\rok", "fin",
        any_of=["closed", "protocol"])
    row("header-of-100-KB", "within the limit for headers",
        "the limit is 256 KiB", reply(b"X-Long: " + b"a" * 100000 + b"\r\n"),
        **GOOD)
    row("headers-of-100-KB", "within the limit for headers",
        "the limit is 256 KiB",
        reply(b"".join(b"X-%d: %s\r\n" % (i, b"a" * 1000)
                       for i in range(100))), h2=True, **GOOD)
    row("headers-of-250-KB", "within the limit for headers, and no shorter "
        "for being packed", "the limit is 256 KiB",
        reply(b"".join(b"X-%d: %s\r\n" % (i, b"~" * 1000)
                       for i in range(250))), h2=True, **GOOD)
    row("header-of-300-KB", "over the limit for headers",
        "the limit is 256 KiB", reply(b"X-Long: " + b"a" * 300000 + b"\r\n"),
        "fin", error="protocol")
    row("headers-of-300-KB", "over the limit for headers",
        "the limit is 256 KiB",
        reply(b"".join(b"X-%d: %s\r\n" % (i, b"a" * 1000)
                       for i in range(300))), "fin", h2=True,
        error="protocol")
    row("headers-500", "many short ones", "the limit is 256 KiB",
        reply(b"".join(b"X-%d: 1\r\n" % i for i in range(500))), h2=True,
        **GOOD)
    row("header-connection-close", "the answer is whole, the connection over",
        "RFC 9112 section 9.6", reply(b"Connection: close\r\n"), "fin",
        h2=False, **GOOD)
    row("header-connection-close-kept-open",
        "the client closes what the server said it would",
        "RFC 9112 section 9.6", reply(b"Connection: x, CLOSE\r\n"),
        reused=False, **GOOD)
    row("header-upgrade", "an offer is no change", "RFC 9110 section 7.8",
        reply(b"Upgrade: h2c, websocket\r\nConnection: Upgrade\r\n"), **GOOD)
    row("header-set-cookie", "cookies are not kept", "RFC 6265",
        reply(b"Set-Cookie: a=b\r\nSet-Cookie: c=d\r\n"), h2=True, **GOOD)


def interim():
    cont = b"HTTP/1.1 100 Continue\r\n\r\n"
    row("interim-100", "passed over", INTERIM, cont + reply(), h2=True, **GOOD)
    row("interim-100-twice", "passed over", INTERIM, cont + cont + reply(),
        h2=True, **GOOD)
    row("interim-102", "passed over", INTERIM,
        b"HTTP/1.1 102 Processing\r\n\r\n" + reply(), h2=True, **GOOD)
    row("interim-103", "what an interim answer says is not the answer's",
        "RFC 8297", b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=canonical"
        b"\r\nLocation: /no\r\nContent-Type: image/png\r\n\r\n" + reply(),
        h2=True, link="", location="", content_type="text/html", **GOOD)
    row("interim-199", "passed over, known or not", INTERIM,
        b"HTTP/1.1 199 Odd\r\n\r\n" + reply(), h2=True, **GOOD)
    row("interim-with-length", "it has no body", INTERIM,
        b"HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n" + reply(),
        **GOOD)
    row("interim-with-chunked", "it has no body", INTERIM,
        b"HTTP/1.1 100 Continue\r\nTransfer-Encoding: chunked\r\n\r\n" +
        reply(), **GOOD)
    row("interim-folded-first", "as behind any status line", FOLD,
        b"HTTP/1.1 100 Continue\r\n x\r\n\r\n" + reply(), **GOOD)
    row("interim-only", "no answer came", CLOSE, cont, "fin", error="closed",
        headers_complete=False)
    row("interim-then-garbage", "what follows must be an answer", INTERIM,
        cont + b"hello there\r\n\r\n", "fin", error="protocol")
    row("interim-101", "nobody asked for it",
        "RFC 9110 section 15.2.2",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\x01\x02",
        "fin", error="protocol", status_code=101)
    row("interim-hundreds", "passed over while the limit allows it", INTERIM,
        cont * 300 + reply(), **GOOD)
    row("interim-too-many", "over the limit for headers",
        "the limit is 256 KiB", cont * 15000 + reply(), "fin",
        error="protocol")


def no_body():
    for code in (204, 304):
        empty = dict(status_code=code, size_body=0)
        word = b"%d Word" % code
        row("%d-bare" % code, "it has no body", NO_BODY,
            reply(status=word, body=b"", length=False, kind=b""), h2=True,
            **empty)
        row("%d-with-length" % code, "a length of what is not there",
            NO_BODY, reply(b"Content-Length: 51\r\n", b"", word, False),
            **empty)
        row("%d-with-body" % code, "what follows is not its body", NO_BODY,
            reply(status=word), "fin", reused=False, **empty)
        row("%d-with-chunked-body" % code, "what follows is not its body",
            NO_BODY, chunked(WHOLE + END, status=word), "fin", reused=False,
            **empty)
        row("%d-with-gzip" % code, "there is nothing to decode", NO_BODY,
            reply(b"Content-Encoding: gzip\r\n", b"", word, False), h2=True,
            **empty)
        row("%d-with-bad-length" % code, "the length does not matter",
            NO_BODY, reply(b"Content-Length: x\r\n", b"", word, False), "fin",
            any_of=["ok", "protocol"])
    row("205-empty", "a body of length 0", "RFC 9110 section 15.3.6",
        reply(status=b"205 Reset", body=b""), h2=True, status_code=205,
        size_body=0)


def lengths():
    def length(id, value, why, close="keep", body=PAGE, h2=False, **expect):
        row("length-" + id, why, LENGTH,
            reply(b"".join(b"Content-Length:" + v + b"\r\n" for v in value),
                  body, length=False), close, h2, **expect)
    bad = dict(error="protocol", close="fin", headers_complete=False)
    length("none", [], "to the end of the connection", "fin", **GOOD)
    length("none-cut", [], "TLS's close_notify tells a whole body from a part "
           "(RFC 8446 section 6.1)", "cut", cut="closed", **GOOD)
    length("none-empty", [], "an empty body", "fin", b"", status_code=200,
           size_body=0, title=None)
    length("zero", [b" 0"], "an empty body", body=b"", h2=True,
           status_code=200, size_body=0)
    length("zero-and-body", [b" 0"], "what follows is not its body", "fin",
           status_code=200, size_body=0, reused=False)
    row("empty-content-length", "no number, or none at all", LENGTH,
        reply(b"Content-Length:\r\nConnection: close\r\n", length=False),
        "fin", same_over_all=True, any_of=["ok", "protocol"])
    length("exact-then-fin", [b" 51"], "whole", "fin", h2=True, **GOOD)
    length("exact-then-cut", [b" 51"], "whole, whatever comes then", "cut",
           **GOOD)
    length("same-twice", [b" 51", b" 51"], "the same number is that number",
           **GOOD)
    length("same-list", [b" 51, 51"], "the same number is that number", **GOOD)
    length("same-list-of-three", [b" 51,51 ,\t51"],
           "the same number is that number", **GOOD)
    row("two-content-lengths", "different values are an error", LENGTH,
        reply(b"Content-Length: 5\r\nContent-Length: 6\r\n", b"hello!",
              length=False), "fin", error="protocol")
    length("different-list", [b" 51, 52"], "different values are an error",
           **bad)
    length("different-fields", [b" 51", b" 0"],
           "different values are an error", **bad)
    length("number-and-word", [b" 51", b" x"], "no number", **bad)
    length("negative", [b" -51"], "no number", **bad)
    length("plus", [b" +51"], "no number", **bad)
    length("two-numbers", [b" 5 1"], "no number", **bad)
    length("hexadecimal", [b" 0x33"], "no number", **bad)
    length("fraction", [b" 51.0"], "no number", **bad)
    length("exponent", [b" 51e0"], "no number", **bad)
    length("semicolon", [b" 51;"], "no number", **bad)
    length("quoted", [b' "51"'], "no number", **bad)
    length("word", [b" all"], "no number", **bad)
    length("other-digits", [" ５１".encode()], "no number", **bad)
    length("comma", [b" ,"], "no number", "fin",
           any_of=["ok", "protocol"])
    length("trailing-comma", [b" 51,"], "an empty member counts for nothing",
           "fin", any_of=["ok", "protocol"])
    length("leading-zeros", [b" 00000000000000000000000000051"],
           "digits are digits", **GOOD)
    length("white-space", [b" \t 51 \t "],
           "white space around a value is not part of it", h2=True, **GOOD)
    length("no-space", [b"51"], "none is needed", h2=True, **GOOD)
    for id, digits in (("2-to-the-31", 2**31), ("2-to-the-32", 2**32 + 51),
                       ("2-to-the-63", 2**63 - 1), ("2-to-the-64", 2**64 + 51),
                       ("of-40-digits", 10**39)):
        length(id, [b" %d" % digits], "the end came first", "fin",
               any_of=["closed", "protocol"])
    length("long", [b" 52"], "the end came first", "fin", error="closed",
           status_code=200, headers_complete=True)
    length("long-cut", [b" 52"], "the end came first", "cut", error="closed",
           status_code=200, headers_complete=True)
    length("and-no-body", [b" 51"], "the end came first", "fin", b"",
           error="closed", status_code=200)
    length("short", [b" 35"], "what is behind the length is no body", "fin",
           status_code=200, size_body=35, title="hello", reused=False)
    length("short-and-answer", [b" 51"], "what is behind the length is not "
           "the next answer", "keep", PAGE + b"HTTP/1.1 200 OK\r\n"
           b"Content-Length: 23\r\n\r\n<title>poisoned</title>", reused=False,
           **GOOD)
    row("redirect-cut-short", "a Location that was received counts", LOCATION,
        reply(b"Location: /there\r\nContent-Length: 100\r\n", b"gone",
              b"301 Moved", False), "fin", error="closed", status_code=301,
        location="/there", headers_complete=True)
    row("robots-404-with-short-body", "a status that was received counts",
        "RFC 9309 section 2.3.1.3",
        reply(b"Content-Length: 100\r\nConnection: close\r\n", b"gone",
              b"404 Not Found", False, b""), "fin", error="closed",
        status_code=404, headers_complete=True)


def chunked_bodies():
    def coded(id, body, why, close="keep", fields=b"", h2=False,
              standard=CHUNKED, **expect):
        row("chunked-" + id, why, standard, chunked(body, fields), close, h2,
            **expect)
    bad = dict(close="fin", error="protocol", status_code=200,
               headers_complete=True)
    coded("one", WHOLE + END, "one chunk", h2=True, **GOOD)
    coded("two", chunks(PAGE[:20], PAGE[20:]) + END, "two chunks", h2=True,
          **GOOD)
    coded("bytes", chunks(*[PAGE[i:i + 1] for i in range(51)]) + END,
          "a byte each", h2=True, **GOOD)
    coded("empty", END, "an empty body", h2=True, status_code=200, size_body=0)
    big = PAGE + b"x" * 1229
    coded("upper-case", b"500\r\n" + big + b"\r\n" + b"A\r\n0123456789\r\n" +
          END, "digits of either case", h2=True, status_code=200,
          title="hello", size_body=1290)
    coded("lower-case", b"a\r\n<title>abc\r\n8\r\n</title>\r\n" + END,
          "digits of either case", h2=True, status_code=200, title="abc",
          size_body=18)
    coded("leading-zeros", b"0000000000000000000033\r\n" + PAGE + b"\r\n" +
          END, "digits are digits", **GOOD)
    coded("last-of-many-zeros", WHOLE + b"0000\r\n\r\n", "digits are digits",
          **GOOD)
    for id, text in (("extension", b";a=b"), ("extension-bare", b";a"),
                     ("extension-quoted", b';a="x;y"'),
                     ("extension-spaces", b" ; a = b"),
                     ("extension-empty", b";"), ("space-after", b"  "),
                     ("tab-after", b"\t")):
        coded(id, HEX + text + b"\r\n" + PAGE + b"\r\n0" + text + b"\r\n\r\n",
              "extensions are passed over", **GOOD)
    coded("extension-of-20-KB", HEX + b";" + b"a" * 20000 + b"\r\n" + PAGE +
          b"\r\n" + END, "a limit on them is recommended", **bad)
    coded("lf-only", HEX + b"\n" + PAGE + b"\n0\n\n",
          "LF alone ends a line, or the framing is broken",
          any_of=["ok", "protocol"])
    row("negative-chunk-size", "the framing is broken", CHUNKED,
        chunked(b"-5\r\nhello\r\n0\r\n\r\n"), "fin", error="protocol")
    for id, text in (("plus", b"+33"), ("prefix", b"0x33"), ("empty-size", b""),
                     ("word", b"xyz"), ("space-before", b" 33"),
                     ("junk-after", b"33g"), ("underscore", b"3_3"),
                     ("comma", b"33,"), ("only-extension", b";a=b"),
                     ("nul-in-size", b"3\x003")):
        coded(id, text + b"\r\n" + PAGE + b"\r\n" + END,
              "the framing is broken", **bad)
    coded("huge", b"FFFFFFFFFFFFFFFFF\r\n" + PAGE + b"\r\n" + END,
          "a size beyond every number", **bad)
    coded("2-to-the-64", b"FFFFFFFFFFFFFFFF\r\n" + PAGE + b"\r\n" + END,
          "a size beyond every number, or never reached", "fin",
          any_of=["closed", "protocol"])
    coded("wraps-around", b"10000000000000033\r\n" + PAGE + b"\r\n" + END,
          "a size beyond every number", **bad)
    coded("2-to-the-62", b"3fffffffffffffff\r\n" + PAGE, "the end came first",
          "fin", any_of=["closed", "protocol"])
    coded("missing-crlf", HEX + b"\r\n" + PAGE + END,
          "a chunk ends with CRLF", **bad)
    coded("too-short", b"32\r\n" + PAGE + b"\r\n" + END,
          "a chunk is as long as it says", **bad)
    coded("too-long", b"36\r\n" + PAGE + b"\r\n" + END,
          "a chunk is as long as it says", **bad)
    coded("too-long-by-a-cr", b"34\r\n" + PAGE + b"\r\n" + END,
          "its CR is taken for data: LF alone ends it, or the framing is "
          "broken", "fin", any_of=["ok", "protocol"])
    coded("two-crlf", HEX + b"\r\n" + PAGE + b"\r\n\r\n" + END,
          "one CRLF behind a chunk", **bad)
    trailers = "RFC 9112 section 7.1.2"
    coded("trailer", WHOLE + b"0\r\nX-T: 1\r\n\r\n", "trailers are passed over",
          standard=trailers, h2=True, **GOOD)
    coded("trailers", WHOLE + b"0\r\n" + b"X-T: 1\r\n" * 200 + b"\r\n",
          "trailers are passed over", standard=trailers, h2=True, **GOOD)
    coded("trailer-says-much", WHOLE + b"0\r\nContent-Type: image/png\r\n"
          b"Location: /no\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n"
          b"Link: </no>; rel=canonical\r\nConnection: close\r\n\r\n",
          "a trailer is no header", standard=trailers, location="", link="",
          content_type="text/html", **GOOD)
    coded("trailer-folded", WHOLE + b"0\r\nX-T: 1\r\n 2\r\n \r\n\r\n",
          "a fold in a trailer", standard=trailers, **GOOD)
    coded("trailer-without-colon", WHOLE + b"0\r\nhello\r\n\r\n",
          "a bad line does not cost the page", standard=trailers, **GOOD)
    coded("trailer-lf-only", WHOLE + b"0\nX-T: 1\n\n",
          "LF alone ends a line, or the framing is broken", standard=trailers,
          any_of=["ok", "protocol"])
    row("nul-in-a-trailer", "a trailer is no header: it costs nothing, or is "
        "broken framing", trailers,
        chunked(WHOLE + b"0\r\nX-T: a\0b\r\n\r\n"), "fin",
        any_of=["ok", "protocol"])
    coded("trailers-of-300-KB", WHOLE + b"0\r\n" + b"X-T: %s\r\n" %
          (b"a" * 300000) + b"\r\n", "over the limit for headers", "fin",
          standard=trailers, error="protocol")
    stages = (("head", b""), ("size", b"3"), ("size-line", HEX),
              ("size-cr", HEX + b"\r"), ("size-crlf", HEX + b"\r\n"),
              ("data", HEX + b"\r\n" + PAGE[:30]),
              ("data-end", HEX + b"\r\n" + PAGE),
              ("data-cr", HEX + b"\r\n" + PAGE + b"\r"),
              ("chunk", WHOLE), ("zero", WHOLE + b"0"),
              ("zero-cr", WHOLE + b"0\r"), ("zero-crlf", WHOLE + b"0\r\n"),
              ("trailer", WHOLE + b"0\r\nX-T: 1"),
              ("trailer-line", WHOLE + b"0\r\nX-T: 1\r\n"),
              ("last-cr", WHOLE + b"0\r\n\r"))
    for id, body in stages:
        for close in ("fin", "cut"):
            coded("%s-after-%s" % (close, id), body, "the end came first",
                  close, error="closed", status_code=200,
                  headers_complete=True)
    coded("fin-after-end", WHOLE + END, "whole", "fin", **GOOD)
    coded("cut-after-end", WHOLE + END, "whole, whatever comes then", "cut",
          **GOOD)
    coded("bytes-after-end", WHOLE + END + b"more", "what follows is no body",
          "fin", reused=False, **GOOD)

    def transfer(id, value, body, why, close="keep", fields=b"",
                 version=b"1.1", **expect):
        row("transfer-" + id, why, "RFC 9112 section 6.1",
            b"HTTP/" + version + b" 200 OK\r\n" + HTML + fields +
            b"Transfer-Encoding: " + value + b"\r\n\r\n" + body, close,
            **expect)
    transfer("case", b"Chunked", WHOLE + END, "names have no case", **GOOD)
    transfer("gzip-chunked", b"gzip, chunked", chunks(gz(PAGE)) + END,
             "a coding of the transfer is undone", **GOOD)
    transfer("deflate-chunked", b"deflate, chunked",
             chunks(zlib.compress(PAGE)) + END,
             "a coding of the transfer is undone", **GOOD)
    transfer("two-fields", b"chunked", chunks(gz(PAGE)) + END,
             "several fields are a list",
             fields=b"Transfer-Encoding: gzip\r\n", **GOOD)
    transfer("gzip-in-gzip", b"gzip, chunked", chunks(gz(gz(PAGE))) + END,
             "that of the transfer outside", fields=b"Content-Encoding: gzip"
             b"\r\n", **GOOD)
    transfer("gzip-broken", b"gzip, chunked", chunks(b"hello") + END,
             "does not decode", error="decode", status_code=200)
    transfer("gzip-to-the-end", b"gzip", gz(PAGE),
             "not chunked: to the end of the connection", "fin", **GOOD)
    transfer("identity", b"identity", PAGE,
             "not chunked: to the end of the connection", "fin", **GOOD)
    transfer("unknown", b"xyz", PAGE,
             "not chunked: to the end of the connection", "fin",
             any_of=["ok", "protocol", "decode"])
    transfer("chunked-not-last", b"chunked, gzip", WHOLE + END,
             "to the end of the connection, or broken", "fin",
             any_of=["ok", "protocol", "decode"])
    transfer("chunked-twice", b"chunked, chunked", WHOLE + END,
             "must not be sent", "fin", any_of=["ok", "protocol", "decode"])
    transfer("empty", b"", PAGE, "no coding, no length", "fin",
             any_of=["ok", "protocol"])
    transfer("and-length", b"chunked", WHOLE + END,
             "the chunks count, and the connection ends", "keep",
             b"Content-Length: 5\r\n", reused=False, **GOOD)
    transfer("and-length-after", b"chunked\r\nContent-Length: 5", WHOLE + END,
             "the chunks count, and the connection ends", "keep",
             reused=False, **GOOD)
    transfer("and-bad-length", b"chunked", WHOLE + END,
             "the chunks count", "fin", b"Content-Length: x\r\n",
             any_of=["ok", "protocol"])
    transfer("of-1-0", b"chunked", WHOLE + END,
             "faulty: read, and the connection closed", "fin", version=b"1.0",
             any_of=["ok", "protocol"])


def codings():
    def coded(id, names, body, why, close="keep", standard=CODINGS, h2=True,
              status=b"200 OK", fields=b"", **expect):
        row("coding-" + id, why, standard,
            reply(b"".join(b"Content-Encoding: %s\r\n" % n for n in names) +
                  fields, body, status), close, h2, **expect)
    raw = raw_deflate(PAGE)
    packed = gz(PAGE)
    broken = dict(error="decode", status_code=200, truncated=True,
                  headers_complete=True)
    for id, name, body in (
            ("gzip", b"gzip", packed), ("x-gzip", b"x-gzip", packed),
            ("gzip-upper-case", b"GZIP", packed),
            ("deflate-zlib", b"deflate", zlib.compress(PAGE)),
            ("deflate-raw", b"deflate", raw), ("br", b"br", BROTLI),
            ("zstd", b"zstd", ZSTD), ("identity", b"identity", PAGE),
            ("gzip-stored", b"gzip", gz(PAGE, 0)),
            ("gzip-and-identity", b"gzip, identity", packed),
            ("gzip-list-with-empty", b", gzip ,", packed),
            ("double", b"gzip, gzip", gz(packed)),
            ("deflate-then-gzip", b"deflate, gzip", gz(zlib.compress(PAGE))),
            ("br-then-gzip", b"br, gzip", gz(BROTLI))):
        coded(id, [name], body, "undone", **GOOD)
    coded("two-fields", [b"gzip", b"gzip"], gz(packed),
          "several fields are a list", **GOOD)
    coded("empty-value", [b""], PAGE, "no coding", **GOOD)
    row("content-encoding-none", "a coding that is none, or that nobody "
        "knows, leaves the body as it is", FETCH_CODINGS,
        reply(b"Content-Encoding: none\r\n"), h2=True, **GOOD)
    for id, name in (("utf-8", b"utf-8"), ("unknown", b"foo"),
                     ("binary", b"binary"), ("8bit", b"8bit"),
                     ("odd", b"g zip"), ("mime", b"text/html"),
                     ("unknown-list", b"foo, bar")):
        coded(id, [name], PAGE, "nobody knows it: the body stays as it is",
              standard=FETCH_CODINGS, **GOOD)
    coded("unknown-and-gzip", [b"foo, gzip"], PAGE,
          "one unknown: the body stays as it is, or does not decode",
          same_over_all=True, any_of=["ok", "decode"])
    coded("charset-and-none", [b"none", b"none"], PAGE,
          "nobody knows it: the body stays as it is",
          standard=FETCH_CODINGS, **GOOD)
    row("gzip-of-two-members", "members follow each other",
        "RFC 1952 section 2.2",
        reply(b"Content-Encoding: gzip\r\n", gz(PAGE[:20]) + gz(PAGE[20:])),
        h2=True, **GOOD)
    coded("gzip-of-many-members", [b"gzip"],
          b"".join(gz(PAGE[i:i + 1]) for i in range(51)),
          "members follow each other", **GOOD)
    coded("gzip-with-empty-member", [b"gzip"], gz(b"") + packed + gz(b""),
          "members follow each other", **GOOD)
    row("gzip-with-bytes-after-it", "what follows the last member is left out",
        "what browsers do",
        reply(b"Content-Encoding: gzip\r\n", packed + b"\0" * 8), h2=True,
        **GOOD)
    coded("gzip-with-junk-after", [b"gzip"], packed + b"junk behind it",
          "what follows the last member is left out", **GOOD)
    coded("gzip-with-half-magic-after", [b"gzip"], packed + b"\x1f",
          "what follows the last member is left out", **GOOD)
    name = struct.pack("<BBBBIBB", 31, 139, 8, 8 | 16 | 4, 0, 2, 3)
    coded("gzip-with-name", [b"gzip"],
          name + struct.pack("<H", 4) + b"abcd" + b"page.html\0note\0" +
          packed[10:], "extra field, name, comment are passed over", **GOOD)
    head = struct.pack("<BBBBIBB", 31, 139, 8, 2, 0, 2, 3)
    coded("gzip-with-header-crc", [b"gzip"],
          head + struct.pack("<H", zlib.crc32(head) & 0xffff) + packed[10:],
          "a header of its own checksum", **GOOD)
    coded("gzip-empty", [b"gzip"], gz(b""), "an empty body", status_code=200,
          size_body=0)
    coded("gzip-of-no-bytes", [b"gzip"], b"", "nothing at all, coded or not",
          same_over_all=True, any_of=["ok", "decode"])
    coded("br-of-no-bytes", [b"br"], b"", "nothing at all, coded or not",
          same_over_all=True, any_of=["ok", "decode"])
    long = PAGE + b"".join(b"<p>%d</p>" % (i * 7919) for i in range(2000))
    for id, name, body in (("gzip", b"gzip", gz(long)),
                           ("deflate", b"deflate", zlib.compress(long)),
                           ("deflate-raw", b"deflate", raw_deflate(long))):
        coded(id + "-half", [name], body[:len(body) // 2],
              "what could be read is kept", title="hello", **broken)
    coded("gzip-without-trailer", [b"gzip"], packed[:-8],
          "what could be read is kept", title="hello", **broken)
    coded("gzip-without-last-byte", [b"gzip"], packed[:-1],
          "what could be read is kept", title="hello", **broken)
    coded("gzip-header-only", [b"gzip"], packed[:10], "nothing could be read",
          size_body=0, **broken)
    coded("gzip-half-header", [b"gzip"], packed[:5], "nothing could be read",
          size_body=0, **broken)
    coded("gzip-wrong-crc", [b"gzip"],
          packed[:-8] + b"\0\0\0\0" + packed[-4:],
          "what could be read is kept", **broken)
    coded("gzip-wrong-size", [b"gzip"], packed[:-4] + b"\1\1\1\1",
          "what could be read is kept", **broken)
    coded("gzip-second-member-broken", [b"gzip"],
          gz(long) + gz(long)[:100], "what could be read is kept",
          title="hello", **broken)
    coded("deflate-without-checksum", [b"deflate"], zlib.compress(PAGE)[:-4],
          "what could be read is kept", **broken)
    coded("br-cut", [b"br"], BROTLI[:-3], "breaks off", **broken)
    coded("zstd-cut", [b"zstd"], ZSTD[:-6], "breaks off", **broken)
    for id, name in (("gzip", b"gzip"), ("deflate", b"deflate"),
                     ("zstd", b"zstd")):
        coded(id + "-but-plain", [name], PAGE, "not coded as it says",
              **broken)
    coded("br-but-plain", [b"br"], b"\xff" * 60, "not coded as it says",
          **broken)
    coded("gzip-but-deflate", [b"gzip"], zlib.compress(PAGE),
          "not coded as it says", **broken)
    coded("double-but-single", [b"gzip, gzip"], packed,
          "not coded as it says", **broken)
    coded("deflate-but-gzip", [b"deflate"], packed,
          "not coded as it says, though some read it",
          same_over_all=True, any_of=["ok", "decode"])
    coded("gzip-in-a-404", [b"gzip"], packed, "undone", status=b"404 None",
          status_code=404, title="hello")
    row("redirect-with-unreadable-body", "a status and a Location that were "
        "received count, whatever the body is", "RFC 9110 section 15.4",
        reply(b"Content-Encoding: gzip\r\nLocation: /ok\r\n", b"plain",
              b"301 Moved", kind=b""), h2=True, error="decode",
        status_code=301, location="/ok", headers_complete=True)
    row("coding-gzip-to-the-end", "coded, to the end of the connection",
        CODINGS, reply(b"Content-Encoding: gzip\r\n", packed, length=False),
        "fin", **GOOD)
    row("coding-gzip-to-a-cut", "the coding's own end is no close_notify",
        CODINGS, reply(b"Content-Encoding: gzip\r\n", packed, length=False),
        "cut", cut="closed", **GOOD)
    row("coding-gzip-half-to-the-end", "what could be read is kept", CODINGS,
        reply(b"Content-Encoding: gzip\r\n", gz(long)[:2000], length=False),
        "fin", title="hello", **broken)
    row("coding-gzip-chunked", "both undone", CODINGS,
        chunked(chunks(packed[:7], packed[7:]) + END,
                b"Content-Encoding: gzip\r\n"), h2=True, **GOOD)


def types():
    def kind(id, values, why, body=PAGE, standard=MIME, **expect):
        row("type-" + id, why, standard,
            reply(body=body, kind=b"".join(b"Content-Type:" + v + b"\r\n"
                                           for v in values)), h2=True,
            status_code=200, size_body=len(body), **expect)
    russian = b"<title>\xcf\xf0\xe8\xe2\xe5\xf2</title>"
    hello = dict(title="Привет", charset="windows-1251")
    row("content-type-merged", "of several values in one field the last valid "
        "one counts", MIME, reply(body=russian, kind=b"Content-Type: "
        b"text/html, text/html; charset=windows-1251\r\n"), h2=True,
        status_code=200, **hello)
    for id, values in (
            ("charset", [b" text/html; charset=windows-1251"]),
            ("charset-quoted", [b' text/html; charset="windows-1251"']),
            ("charset-label", [b" text/html;charset=CP1251"]),
            ("charset-spaces", [b" text/html ;  charset=windows-1251 "]),
            ("charset-case", [b" TEXT/HTML; CHARSET=Windows-1251"]),
            ("charset-twice",
             [b" text/html; charset=windows-1251; charset=utf-8"]),
            ("two-fields", [b" text/html",
                            b" text/html; charset=windows-1251"]),
            ("kept-charset", [b" text/html; charset=windows-1251, text/html"]),
            ("invalid-last", [b" text/html; charset=windows-1251, nonsense"]),
            ("empty-last", [b" text/html; charset=windows-1251,"]),
            ("any-last", [b" text/html; charset=windows-1251, */*"]),
            ("xhtml", [b" application/xhtml+xml; charset=windows-1251"])):
        kind(id, values, "the last valid value counts", russian, **hello)
    kind("other-last", [b" text/html, image/png"],
         "the last valid value counts", no_page=True)
    kind("html-last", [b" image/png, text/html"],
         "the last valid value counts", title="hello")
    for id, value in (("plain", b"text/plain"), ("json", b"application/json"),
                      ("png", b"image/png"), ("css", b"text/css"),
                      ("xml", b"application/xml"), ("pdf", b"application/pdf"),
                      ("octets", b"application/octet-stream"),
                      ("html-like", b"text/html5")):
        kind(id, [b" " + value], "not HTML, whatever it begins with",
             no_page=True)
    for id, values in (("none", []), ("empty", [b""]), ("any", [b" */*"]),
                       ("unknown", [b" unknown/unknown"]),
                       ("application-unknown", [b" application/unknown"])):
        kind(id, values, "counts as none: HTML is recognised", title="hello",
             standard=SNIFF)
        kind(id + "-text", values, "counts as none: no HTML", b"hello there",
             standard=SNIFF, no_page=True)
    for id, value in (("no-slash", b" html"), ("space-in", b" text/ html"),
                      ("semicolon", b" ;charset=utf-8"),
                      ("comma", b" , ,"), ("junk", b" \xff\xfe")):
        kind(id, [value], "nothing valid: as none, or not HTML",
             same_over_all=True)
    tags = (b"<!DOCTYPE HTML", b"<HTML", b"<HEAD", b"<SCRIPT", b"<IFRAME",
            b"<H1", b"<DIV", b"<FONT", b"<TABLE", b"<A", b"<STYLE", b"<TITLE",
            b"<B", b"<BODY", b"<BR", b"<P")
    for tag in tags:
        word = tag.decode().strip("<!").replace(" ", "-").lower()
        kind("sniffed-" + word, [], "a tag the standard names",
             b"\n\t " + tag + b"><TITLE>x</TITLE>", standard=SNIFF,
             has_page=True)
        kind("not-sniffed-" + word, [], "the tag does not end there",
             tag + b"X><TITLE>x</TITLE>", standard=SNIFF, no_page=True)
    kind("sniffed-comment", [], "a comment", b"<!-- x --><title>x</title>",
         standard=SNIFF, title="x")
    kind("not-sniffed-other-tag", [], "a tag that is not named", b"<abc>",
         standard=SNIFF, no_page=True)


def locations():
    def goes(id, value, why="passed on as it is", code=302, **expect):
        row("location-" + id, why, LOCATION,
            reply(b"Location:" + value + b"\r\n", b"", b"%d Go" % code),
            h2=True, status_code=code, **expect)
    for code in (301, 302, 303, 307, 308):
        goes("of-%d" % code, b" /there", code=code, location="/there",
             no_page=True)
    goes("absolute", b" https://a.test/x?y#z", location="https://a.test/x?y#z")
    goes("no-scheme", b" //a.test/x", location="//a.test/x")
    goes("spaces", b" /a b", location="/a b")
    goes("spaces-around", b"  \t/a \t", location="/a")
    goes("utf8", " /café".encode(), location="/café")
    goes("query-only", b" ?q=1", location="?q=1")
    goes("fragment-only", b" #x", location="#x")
    goes("other-scheme", b" mailto:a@b.test", location="mailto:a@b.test")
    goes("backslash", b" \\x\\y", location="\\x\\y")
    goes("comma", b" /a,b", "a comma is part of it", location="/a,b")
    goes("empty", b"", "none", location="")
    goes("two", b" /one\r\nLocation: /two", "the first counts",
         location="/one")
    row("location-with-a-raw-byte", "passed on as it is", LOCATION,
        reply(b"Location: /caf\xe9\r\n", b"", b"302 Found", kind=b""), h2=True,
        status_code=302, location_b64=base64.b64encode(b"/caf\xe9").decode())
    for code in (200, 201, 404):
        row("location-of-%d" % code, "no redirect: the page is read", LOCATION,
            reply(b"Location: /x\r\n", status=b"%d Word" % code), h2=True,
            status_code=code, location="/x", title="hello")
    row("location-none", "a redirect to nowhere is a page",
        "RFC 9110 section 15.4", reply(status=b"302 Found"), h2=True,
        status_code=302, location="", title="hello")
    row("location-and-body", "the body of a redirect is not read",
        "RFC 9110 section 15.4", reply(b"Location: /x\r\n",
                                       status=b"302 Found"), h2=True,
        status_code=302, location="/x", no_page=True, size_body=51)


def page_headers():
    def says(id, text, why, body=PAGE, standard="RFC 8288", **expect):
        row(id, why, standard, reply(text, body), h2=True, status_code=200,
            **expect)
    says("link-canonical", b'Link: <http://c.test/x>; rel="canonical"\r\n',
         "fills canonical where the page says nothing",
         standard="RFC 6596", canonical="http://c.test/x")
    says("link-canonical-bare", b"Link: <http://c.test/x>;rel=canonical\r\n",
         "quotes are not needed", canonical="http://c.test/x")
    says("link-canonical-of-two", b'Link: </a>; rel=next, <http://c.test/x>; '
         b'rel="alternate Canonical"\r\n', "a relation among others",
         canonical="http://c.test/x")
    says("link-canonical-two-fields", b"Link: </a>; rel=next\r\n"
         b"Link: <http://c.test/x>; rel=canonical\r\n",
         "several fields are a list", canonical="http://c.test/x",
         link="</a>; rel=next, <http://c.test/x>; rel=canonical")
    says("link-canonical-and-page", b"Link: <http://c.test/x>; rel=canonical"
         b"\r\n", "the page's own word counts",
         b"<link rel=canonical href=http://p.test/>",
         canonical="http://p.test/")
    says("link-other", b"Link: </x>; rel=preload\r\n", "not canonical",
         canonical=None)
    says("link-broken", b"Link: <http://c.test/x; rel=canonical\r\n",
         "no target, no link", canonical=None)
    says("refresh", b"Refresh: 0; url=http://r.test/\r\n",
         "a link like meta refresh", standard="HTML standard, Refresh header",
         refresh="0; url=http://r.test/")


def other_protocols():
    def says(id, text, why, close="fin", standard=STATUS, **expect):
        row(id, why, standard, text, close, **expect)
    nothing = dict(error="protocol", status_code=0)
    says("http09", PAGE, "HTTP/0.9 has no status line", **nothing)
    says("garbage", b"hello there, this is no HTTP\r\n\r\n", "no HTTP",
         **nothing)
    says("garbage-before-status-line", b"junk\r\n" + reply(),
         "an answer begins with its status line", **nothing)
    says("empty-line-before-status-line", b"\r\n" + reply(),
         "an answer begins with its status line", **nothing)
    says("bom-before-status-line", b"\xef\xbb\xbf" + reply(),
         "an answer begins with its status line", **nothing)
    says("ssh", b"SSH-2.0-OpenSSH_9.2\r\n", "another protocol", **nothing)
    says("smtp", b"220 mail.test ESMTP\r\n", "another protocol", **nothing)
    says("http2-frames", b"\0\0\0\4\0\0\0\0\0", "HTTP/2 nobody agreed on",
         **nothing)
    says("tls-alert", b"\x15\x03\x01\0\2\2\x28", "TLS within", **nothing)
    says("nuls", b"\0" * 100, "no HTTP", **nothing)
    says("empty-lines", b"\n\n\n\n", "no HTTP", **nothing)
    says("10-with-length", b"HTTP/1.0 200 OK\r\n" + HTML +
         b"Content-Length: 51\r\n\r\n" + PAGE, "the connection ends with it",
         "keep", "RFC 9112 section 9.3", reused=False, **GOOD)
    says("10-keep-alive", b"HTTP/1.0 200 OK\r\n" + HTML +
         b"Connection: Keep-Alive\r\nContent-Length: 51\r\n\r\n" + PAGE,
         "kept where it says so", "keep", "RFC 9112 section 9.3", **GOOD)
    says("10-to-the-end", b"HTTP/1.0 200 OK\r\n" + HTML + b"\r\n" + PAGE,
         "to the end of the connection", **GOOD)
    says("10-to-a-cut", b"HTTP/1.0 200 OK\r\n" + HTML + b"\r\n" + PAGE,
         "TLS's close_notify tells a whole body from a part", "cut",
         cut="closed", **GOOD)
    says("early-close", b"", "no answer came", standard=CLOSE, error="closed",
         status_code=0)
    says("early-cut", b"", "no answer came", "cut", CLOSE, error="closed",
         status_code=0)
    whole = reply()
    for id, end in (("letter", 1), ("name", 5), ("version", 8), ("code", 11),
                    ("status-line", 15), ("cr", 16), ("line", 17),
                    ("field-name", 25), ("field", 40),
                    ("fields", len(whole) - 51 - 2),
                    ("last-cr", len(whole) - 51 - 1)):
        for close in ("fin", "cut"):
            says("%s-after-%s" % (close, id), whole[:end],
                 "the end came first", close, CLOSE, error="closed",
                 headers_complete=False)


for part in (status_lines, statuses, fields, interim, no_body, lengths,
             chunked_bodies, codings, types, locations, page_headers,
             other_protocols):
    part()
print(len(IDS), "rows", file=sys.stderr)
