#include "report/page_frame.h"

#include <string>

#include "base/sha256_source.h"

namespace crawl {
namespace {

constexpr Markup kStyle = R"css(
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--soft:#57606a;--line:#d0d7de;--card:#f6f8fa;--link:#0550ae;--ok:#0072b2;--warn:#e69f00;--bad:#d55e00;--grey:#8c959f;--c1:#0072b2;--c2:#e69f00;--c3:#009e73;--c4:#cc79a7;--c5:#56b4e9;--c6:#d55e00}
@media (prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--soft:#9da7b3;--line:#30363d;--card:#161b22;--link:#79c0ff;--ok:#56b4e9;--c1:#56b4e9;--c5:#f0e442;--grey:#8b949e}}
*{box-sizing:border-box}
body{overflow-wrap:anywhere;margin:0 auto;padding:1rem;max-width:90rem;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin:2.2rem 0 .6rem;border-bottom:1px solid var(--line)}h3{font-size:1rem}
a{color:var(--link)}nav ul{display:flex;flex-wrap:wrap;gap:.3rem 1rem;padding:0;list-style:none}
p.soft,caption,figcaption,footer,.soft{color:var(--soft)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.6rem;margin:0;padding:0}
.cards div{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.5rem .8rem}
.cards dt{color:var(--soft);font-size:.85rem}.cards dd{margin:0;font-size:1.25rem;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto;margin:.6rem 0}.scroll:focus-visible{outline:2px solid var(--link)}
table{border-collapse:collapse;width:100%;font-size:.9rem}caption{text-align:left;padding:.2rem 0}
th,td{text-align:left;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid var(--line)}
th{overflow-wrap:normal}td{min-width:4rem}td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
th button{all:unset;cursor:pointer;font-weight:bold}th button:focus-visible{outline:2px solid var(--link)}
th[aria-sort=ascending] button::after{content:" \25b2"}th[aria-sort=descending] button::after{content:" \25bc"}
label.filter{display:block;font-size:.9rem;margin:.4rem 0}label.filter input{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--grey);border-radius:.3rem;padding:.15rem .4rem;margin-left:.4rem}
details{margin:.2rem 0}summary{cursor:pointer}details details{margin-left:1.2rem}p.leaf{margin:.2rem 0 .2rem 1.2rem}details p.leaf{margin-left:2.3rem}
svg{display:block;width:100%;min-width:40rem;height:auto;font:11px system-ui,sans-serif}svg text{fill:var(--fg)}svg .axis{stroke:var(--line);fill:none}
.f-ok{fill:var(--ok)}.f-warn{fill:var(--warn)}.f-bad{fill:var(--bad)}.f-grey{fill:var(--grey)}
.f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}.f4{fill:var(--c4)}.f5{fill:var(--c5)}.f6{fill:var(--c6)}
.d1{fill-opacity:.2}.d2{fill-opacity:.4}.d3{fill-opacity:.6}.d4{fill-opacity:.8}
.s1{stroke:var(--c1);fill:none;stroke-width:2}.s2{stroke:var(--bad);fill:none;stroke-width:2;stroke-dasharray:6 3}.s3{stroke:var(--fg);fill:none;stroke-width:1.5;stroke-dasharray:2 3}.mark{stroke:var(--fg);stroke-dasharray:3 3}
@media print{body{max-width:none;font-size:11px}label.filter,nav{display:none}svg{min-width:0}.scroll{overflow:visible}h2,h3,caption{break-after:avoid}tr,li{break-inside:avoid}details:not(.alike)::details-content{content-visibility:visible;block-size:auto}}
@media (forced-colors:active){svg text{fill:CanvasText}svg .axis,.s3,.mark{stroke:CanvasText}}
)css";

constexpr Markup kScript = R"js(
"use strict";
for(const table of document.querySelectorAll("table.data")){
const body=table.tBodies[0],heads=[...table.tHead.rows[0].cells];
const key=(row,i)=>{const c=row.cells[i];return c?c.dataset.v??c.textContent:""};
heads.forEach((head,i)=>{
const button=document.createElement("button");button.type="button";button.textContent=head.textContent;head.replaceChildren(button);
button.addEventListener("click",()=>{
const down=head.getAttribute("aria-sort")==="ascending";
for(const h of heads)h.removeAttribute("aria-sort");
head.setAttribute("aria-sort",down?"descending":"ascending");
const rows=[...body.rows];
rows.sort((a,b)=>{const x=key(a,i),y=key(b,i),m=Number(x),n=Number(y);
const o=x!==""&&y!==""&&!Number.isNaN(m)&&!Number.isNaN(n)?m-n:x.localeCompare(y);return down?-o:o});
body.append(...rows)})});
if(body.rows.length<6)continue;
const label=document.createElement("label"),input=document.createElement("input");
label.className="filter";label.textContent="Filter: "+table.caption.textContent;input.type="search";label.append(input);
input.addEventListener("input",()=>{const wanted=input.value.toLowerCase();
for(const row of body.rows)row.hidden=!row.textContent.toLowerCase().includes(wanted)});
table.parentElement.before(label)}
)js";

void begin_figure(Html& html, double figure) {
  html << "<td class=\"n\" data-v=\"";
  html.decimal(figure);
  html << "\">";
}

}  // namespace

std::string_view report_style() { return kStyle.text(); }
std::string_view report_script() { return kScript.text(); }

void begin_page(Html& html, std::string_view title) {
  html << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
          "<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\""
          "default-src 'none'; style-src 'sha256-";
  html.text(sha256_source(report_style()));
  html << "'; script-src 'sha256-";
  html.text(sha256_source(report_script()));
  html << "'; base-uri 'none'; form-action 'none'\">\n"
          "<meta name=\"referrer\" content=\"no-referrer\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, "
          "initial-scale=1\">\n<title>";
  html.brief(title);
  html << "</title>\n<style>" << kStyle
       << "</style>\n</head>\n<body>\n<header><h1>";
  html.brief(title);
  html << "</h1></header>\n";
}

void end_page(Html& html, std::string_view version) {
  html << "<footer><p>Made by ";
  html.text(version);
  html << "</p></footer>\n<script>" << kScript
       << "</script>\n</body>\n</html>\n";
}

void begin_section(Html& html, Markup id, Markup heading) {
  html << "<section aria-labelledby=\"" << id << "\">\n<h2 id=\"" << id << "\">"
       << heading << "</h2>\n";
}

void end_section(Html& html) { html << "</section>\n"; }

void begin_table(Html& html, Markup caption) {
  html << "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
          "aria-label=\"Table: "
       << caption << "\"><table class=\"data\"><caption>" << caption
       << "</caption><thead><tr>";
}

void table_head(Html& html, Markup headings) {
  html << headings << "</tr></thead><tbody>\n";
}

void end_table(Html& html) { html << "</tbody></table></div>\n"; }

void count_cell(Html& html, std::uint64_t count) {
  begin_figure(html, static_cast<double>(count));
  html.count(count);
  html << "</td>";
}

void bytes_cell(Html& html, std::uint64_t bytes) {
  begin_figure(html, static_cast<double>(bytes));
  html.bytes(bytes);
  html << "</td>";
}

void seconds_cell(Html& html, double seconds) {
  begin_figure(html, seconds);
  html.seconds(seconds);
  html << "</td>";
}

void figure_cell(Html& html, double figure, std::string_view shown) {
  begin_figure(html, figure);
  html.text(shown);
  html << "</td>";
}

void text_cell(Html& html, std::string_view text) {
  html << "<td>";
  html.brief(text, 120);
  html << "</td>";
}

void begin_picture(Html& html, std::string_view title,
                   std::string_view description, double width, double height) {
  html << "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"";
  html.text(title);
  html << "\"><svg role=\"img\" viewBox=\"0 0 ";
  html.decimal(width);
  html << " ";
  html.decimal(height);
  html << "\" aria-label=\"";
  html.text(title);
  html << ": ";
  html.text(description);
  html << "\"><title>";
  html.text(title);
  html << "</title><desc>";
  html.text(description);
  html << "</desc>\n";
}

void end_picture(Html& html) { html << "</svg></div>\n"; }

void label(Html& html, double x, double y, std::string_view text) {
  html << "<text x=\"";
  html.decimal(x);
  html << "\" y=\"";
  html.decimal(y);
  html << "\">";
  html.text(text);
  html << "</text>";
}

}  // namespace crawl
