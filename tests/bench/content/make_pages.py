#!/usr/bin/python3
"""Writes the pages in the manner of generators, and what their content is:
pages/NAME.html and pages/NAME.txt, from templates.py and texts.py.

Usage: make_pages.py DIRECTORY"""
import html
import os
import re
import sys

from templates import SITES
from texts import TEXTS


def plain(text):
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def code(site, language, text):
    """A block of code as the generator dresses it."""
    text = html.escape(text, quote=False)
    if site in ("docusaurus",):
        lines = "".join(f'<span class="token-line" style="color:#393A34"><span class="token plain">{l}</span><br></span>'
                        for l in text.split("\n"))
        return (f'<div class="language-{language} codeBlockContainer_Ckt0 theme-code-block"><div class="codeBlockContent_biex">'
                f'<pre tabindex="0" class="prism-code language-{language} codeBlock_bY9V thin-scrollbar"><code class="codeBlockLines_e6Vv">{lines}</code></pre>'
                f'<div class="buttonGroup__atx"><button type="button" aria-label="Copy code to clipboard" title="Copy" class="clean-btn"><span class="copyButtonIcons_eSgA" aria-hidden="true"></span></button></div></div></div>')
    if site == "vitepress":
        lines = "\n".join(f'<span class="line"><span>{l}</span></span>' for l in text.split("\n"))
        return (f'<div class="language-{language} vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">{language}</span>'
                f'<pre class="shiki" tabindex="0"><code>{lines}</code></pre></div>')
    if site == "readthedocs":
        return f'<div class="highlight-{language} notranslate"><div class="highlight"><pre><span></span>{text}\n</pre></div></div>'
    if site == "jekyll":
        count = text.count("\n") + 1
        numbers = "\n".join(str(i + 1) for i in range(count))
        return (f'<div class="language-{language} highlighter-rouge"><div class="highlight"><pre class="highlight"><code><table class="rouge-table"><tbody><tr>'
                f'<td class="rouge-gutter gl"><pre class="lineno">{numbers}\n</pre></td><td class="rouge-code"><pre>{text}\n</pre></td></tr></tbody></table></code></pre></div></div>')
    if site == "github":
        return f'<div class="highlight highlight-source-{language} notranslate"><pre>{text}</pre><div class="zeroclipboard-container"><clipboard-copy aria-label="Copy" class="ClipboardButton btn"></clipboard-copy></div></div>'
    if site == "confluence":
        return (f'<div class="code panel pdl"><div class="codeContent panelContent pdl"><pre class="syntaxhighlighter-pre" '
                f'data-syntaxhighlighter-params="brush: {language}; gutter: false" data-theme="Confluence">{text}</pre></div></div>')
    if site == "mediawiki":
        return f'<div class="mw-highlight mw-highlight-lang-{language} mw-content-ltr"><pre>{text}</pre></div>'
    return f'<pre><code class="language-{language}">{text}\n</code></pre>'


def heading(site, text, number):
    anchor = f"s{number}"
    if site == "docusaurus":
        return f'<h2 class="anchor anchorWithStickyNavbar_LWe7" id="{anchor}">{text}<a href="#{anchor}" class="hash-link" aria-label="Direct link to {text}" title="Direct link to {text}">&#8203;</a></h2>'
    if site == "vitepress":
        return f'<h2 id="{anchor}" tabindex="-1">{text} <a class="header-anchor" href="#{anchor}" aria-label="Permalink to &quot;{text}&quot;">&#8203;</a></h2>'
    if site == "readthedocs":
        return f'<h2>{text}<a class="headerlink" href="#{anchor}" title="Permalink to this heading">\uf0c1</a></h2>'
    if site == "mediawiki":
        return f'<div class="mw-heading mw-heading2"><h2 id="{anchor}">{text}</h2><span class="mw-editsection"><span class="mw-editsection-bracket">[</span><a href="#"><span>edit</span></a><span class="mw-editsection-bracket">]</span></span></div>'
    if site == "github":
        return f'<div class="markdown-heading"><h2 class="heading-element">{text}</h2><a id="user-content-{anchor}" class="anchor" href="#{anchor}"><span aria-hidden="true" class="octicon octicon-link"></span></a></div>'
    if site == "tables1998":
        return f'<H3><FONT COLOR="#990000">{text}</FONT></H3>'
    return f'<h2 id="{anchor}">{text}</h2>'


def body_of(site, blocks):
    out, truth = [], []
    for number, (kind, *rest) in enumerate(blocks):
        if kind == "p":
            tag = "<P>" if site == "tables1998" else "<p>"
            out.append(f"{tag}{rest[0]}</p>")
            truth.append(plain(rest[0]))
        elif kind == "h2":
            out.append(heading(site, rest[0], number))
            truth.append(rest[0])
        elif kind in ("ul", "ol"):
            out.append(f"<{kind}>" + "".join(f"<li>{i}</li>\n" for i in rest[0]) + f"</{kind}>")
            truth += [plain(i) for i in rest[0]]
        elif kind == "pre":
            out.append(code(site, *rest))
            truth.append(rest[1])
        elif kind == "quote":
            out.append(f"<blockquote><p>{rest[0]}</p></blockquote>")
            truth.append(plain(rest[0]))
        elif kind == "fig":
            out.append(f'<figure class="wp-block-image"><img src="/p.jpg" alt=""><figcaption>{rest[0]}</figcaption></figure>')
            truth.append(rest[0])
        elif kind == "dl":
            out.append("<dl>" + "".join(f"<dt>{a}</dt><dd>{b}</dd>" for a, b in rest[0]) + "</dl>")
            truth += [plain(f"{a}\n{b}") for a, b in rest[0]]
        elif kind == "table":
            head, *rows = rest[0]
            wrap = ('<div class="table-wrap"><table class="confluenceTable">', "</table></div>") if site == "confluence" else ("<table>", "</table>")
            out.append(wrap[0] + "<thead><tr>" + "".join(f"<th>{c}</th>" for c in head) + "</tr></thead><tbody>" +
                       "".join("<tr>" + "".join(f"<td>{c}</td>" for c in r) + "</tr>" for r in rows) + "</tbody>" + wrap[1])
            truth += [plain("\t".join(r)) for r in rest[0]]
    return "\n".join(out), truth


def write(directory):
    os.makedirs(directory, exist_ok=True)
    for site, function, names in SITES:
        for name in names:
            title, blocks = TEXTS[name]
            body, truth = body_of(site, blocks)
            page, before, after = function(title, body, None)
            # The title stands where None does, or in front.
            head = [title if line is None else line for line in before]
            if None not in before:
                head = [title] + head
            with open(f"{directory}/{site}-{name}.html", "w") as file:
                file.write(page + "\n")
            with open(f"{directory}/{site}-{name}.txt", "w") as file:
                file.write("\n".join(head + truth + after) + "\n")


if __name__ == "__main__":
    write(sys.argv[1])
