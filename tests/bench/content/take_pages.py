#!/usr/bin/python3
"""Takes pages of Debian documentation packages, unpacked below ROOT/PACKAGE, and
what their content is by hand-written selectors for each generator: pages
NAME.html and NAME.txt in DIRECTORY. Some of the texts were then mended by hand,
see data/content/README.md: this is how they began, and not a step of the benchmark.

Usage: take_pages.py ROOT DIRECTORY"""
import os
import re
import sys

import lxml.html

# generator: (what is content, what of it is not)
GENERATORS = {
    "apache": ("#preamble | #page-content > .directive-section | #page-content > .section:not(#comments_section)",
               ".toplang, a.permalink, .up, #comments_section"),
    "rdoc": ("main", ".method-click-advice"),
    "asciidoc": ("#header, #content", "#toc"),
    "latex2html": ("body", ".navigation, address"),
    "gtkdoc": ("div.refentry, div.chapter", ".navigation, .footer, .toc"),
    "libxml2": ("body", "", ),
    "docbook": ("div.chapter, div.sect1, div.refentry, div.section", ".toc, .navheader, .navfooter"),
    "docbookxsl": ("div.refentry, div.reference", ".navheader, .navfooter"),
    "mkdocs": ("[role=main]", "a.headerlink, footer"),
    "javadoc": ("main", ".sub-nav, .toc"),
    "djangosphinx": ("#bd .yui-b .document, #bd #docs-content, #yui-main .section, #yui-main section", "a.headerlink, .nav"),
    "sphinx": ("div.body", "a.headerlink"),
    "sqlite": ("body", ".nosearch, script"),
    "texi2html": ("body", "table.header, #SEC_Footer, hr, p > font, table.footer"),
    "cppreference": ("#firstHeading, #mw-content-text", ".t-navbar, .editsection, .noprint"),
    "doxygen": ("#doc-content .headertitle, #doc-content .contents", ".permalink, .dynheader img, .lineno"),
    "nodejs": ("#apicontent", "a.mark"),
}
JDK = "openjdk-17-doc/usr/share/doc/openjdk-17-jre-headless/api/java.base/java/util/"
PAGES = [
    ("apache", "apache2-doc/usr/share/doc/apache2-doc/manual/en/mod/mod_request.html"),
    ("apache", "apache2-doc/usr/share/doc/apache2-doc/manual/en/mod/mod_vhost_alias.html"),
    ("rdoc", "asciidoctor-doc/usr/share/doc/asciidoctor-doc/html/Asciidoctor/NullLogger.html"),
    ("rdoc", "asciidoctor-doc/usr/share/doc/asciidoctor-doc/html/Asciidoctor/Extensions/DocinfoProcessor.html"),
    ("asciidoc", "git-doc/usr/share/doc/git-doc/git-patch-id.html"),
    ("asciidoc", "git-doc/usr/share/doc/git-doc/git-request-pull.html"),
    ("asciidoc", "git-doc/usr/share/doc/git-doc/technical/api-simple-ipc.html"),
    ("latex2html", "gnuplot-doc/usr/share/doc/gnuplot/htmldocs/node366.html"),
    ("latex2html", "gnuplot-doc/usr/share/doc/gnuplot/htmldocs/node117.html"),
    ("gtkdoc", "libglib2.0-doc/usr/share/gtk-doc/html/gio/GSimplePermission.html"),
    ("gtkdoc", "libglib2.0-doc/usr/share/gtk-doc/html/gio/GSimpleProxyResolver.html"),
    ("gtkdoc", "libglib2.0-doc/usr/share/gtk-doc/html/gobject/howto-gobject.html"),
    ("libxml2", "libxml2-doc/usr/share/doc/libxml2/html/architecture.html"),
    ("docbook", "maint-guide/usr/share/doc/maint-guide/html/checkit.en.html"),
    ("docbook", "/usr/share/doc/postgresql-doc-15/html/ddl-basics.html"),
    ("docbook", "/usr/share/doc/postgresql-doc-15/html/catalog-pg-constraint.html"),
    ("docbook", "debian-policy/usr/share/doc/debian-policy/perl-policy.html/ch-embed.html"),
    ("docbookxsl", "docbook-xsl-doc-html/usr/share/doc/docbook-xsl-doc-html/doc/fo/admons.html"),
    ("docbookxsl", "docbook-xsl-doc-html/usr/share/doc/docbook-xsl-doc-html/doc/fo/table.footnote.properties.html"),
    ("mkdocs", "mkdocs-doc/usr/share/doc/mkdocs/html/user-guide/installation.html"),
    ("mkdocs", "mkdocs-doc/usr/share/doc/mkdocs/html/about/license.html"),
    ("javadoc", JDK + "Enumeration.html"),
    ("javadoc", JDK + "Locale.Category.html"),
    ("djangosphinx", "python-django-doc/usr/share/doc/python-django-doc/html/howto/deployment/asgi/hypercorn.html"),
    ("djangosphinx", "python-django-doc/usr/share/doc/python-django-doc/html/releases/1.7.8.html"),
    ("sphinx", "debian-policy/usr/share/doc/debian-policy/policy.html/ap-pkg-diversions.html"),
    ("sphinx", "developers-reference/usr/share/developers-reference/scope.html"),
    ("sqlite", "sqlite3-doc/usr/share/doc/sqlite3/releaselog/3_23_0.html"),
    ("sqlite", "sqlite3-doc/usr/share/doc/sqlite3/syntax/upsert-clause.html"),
    ("texi2html", "zsh-doc/usr/share/doc/zsh-common/html/Conditional-Expressions.html"),
    ("texi2html", "zsh-doc/usr/share/doc/zsh-common/html/Invocation.html"),
    ("cppreference", "/usr/share/cppreference/doc/html/en/cpp/comments.html"),
    ("cppreference", "/usr/share/cppreference/doc/html/en/c/chrono/clock_t.html"),
    ("doxygen", "/usr/share/doc/gcc-12-base/libstdc++/user/a13086.html"),
    ("doxygen", "/usr/share/doc/gcc-12-base/libstdc++/user/a02103.html"),
    ("nodejs", "/usr/share/doc/nodejs/api/punycode.html"),
    ("nodejs", "/usr/share/doc/nodejs/api/synopsis.html"),
]
LINES = {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "dt", "dd", "table", "ul", "ol", "br",
         "section", "blockquote", "hr", "caption"}


def text_of(element, out):
    if not isinstance(element.tag, str) or element.tag in ("script", "style", "noscript"):
        return
    if element.tag in LINES:
        out.append("\n")
    if element.tag in ("td", "th"):
        out.append("\t")
    out.append(element.text or "")
    for child in element:
        text_of(child, out)
        out.append(child.tail or "")
    if element.tag in LINES:
        out.append("\n")


def content(generator, data):
    """The text of a page's content, by the generator's selectors."""
    page = lxml.html.fromstring(data)
    keep, drop = GENERATORS[generator][:2]
    for selector in drop.split(",") if drop else []:
        for element in page.cssselect(selector):
            element.drop_tree()
    parts = []
    for element in page.cssselect(keep.replace(" | ", ", ")):
        if not any(e in parts for e in element.iterancestors()):
            parts.append(element)
    out = []
    for element in parts:
        text_of(element, out)
    return re.sub(r"[ \t\xa0]*\n\s*", "\n", "".join(out)).strip()


def main():
    root, directory = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    for generator, path in PAGES:
        with open(os.path.join(root, path), "rb") as file:
            data = file.read()
        text = content(generator, data)
        name = generator + "-" + re.sub(r"[^a-z0-9]+", "-", os.path.basename(path)[:-5].lower())
        with open(f"{directory}/{name}.html", "wb") as file:
            file.write(data)
        with open(f"{directory}/{name}.txt", "w") as file:
            file.write(text + "\n")
        print(f"{name:40} {len(data):7} {len(text):7}")


if __name__ == "__main__":
    main()
