#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "crawl/base/error_kind.h"
#include "report/page_frame.h"
#include "report/sections.h"

namespace crawl {
namespace {

constexpr int kMostDepths = 30;
constexpr int kMostErrorKinds = 40;
constexpr int kExamples = 5;
constexpr int kMostBroken = 200;
constexpr int kMostSources = 100;
// Of a part whose lists are lists of lists: beyond, they are cut.
constexpr std::size_t kMostBytes = 400'000;

void card(Html& html, Markup name, std::uint64_t number) {
  html << "<div><dt>" << name << "</dt><dd>";
  html.count(number);
  html << "</dd></div>";
}

// How a URL ended, in one of six ways: a column, and a class of colour.
constexpr std::string_view kOutcomes =
    "sum(status_code BETWEEN 200 AND 299 AND ok), "
    "sum(status_code BETWEEN 300 AND 399 AND ok), "
    "sum(status_code BETWEEN 400 AND 499), sum(status_code >= 500), "
    "sum(NOT ok AND coalesce(status_code, 0) < 400 AND NOT skipped), "
    "sum(NOT ok AND skipped)";
struct OutcomeStyle {
  Markup name;
  Markup bar;
};
constexpr std::array<OutcomeStyle, 6> kStyles = {{
    {"2xx", "<rect class=\"f-ok\" "},
    {"3xx", "<rect class=\"f5\" "},
    {"4xx", "<rect class=\"f-warn\" "},
    {"5xx", "<rect class=\"f-bad\" "},
    {"failed", "<rect class=\"f4\" "},
    {"skipped", "<rect class=\"f-grey\" "},
}};

bool is_skip_word(std::string_view word) {
  for (std::size_t kind = 0; kind < kErrorKindCount; ++kind) {
    const auto error = static_cast<ErrorKind>(kind);
    if (to_string(error) == word) return is_skip(error);
  }
  return false;
}

// As SQL has it.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
  return out + "'";
}

// Links that were not followed count as the command's summary counts them: not
// those that are no URLs at all.
std::string left_out() {
  std::string words;
  for (std::size_t kind = 0; kind < kErrorKindCount; ++kind) {
    const auto error = static_cast<ErrorKind>(kind);
    if (!is_skip(error)) continue;
    words += words.empty() ? "" : ", ";
    words += quoted(to_string(error));
  }
  return fmt::format(
      "skipped WHERE id NOT IN (SELECT id FROM pages) AND error IN ({})",
      words);
}

std::string query_of_errors(std::string_view error,
                            std::optional<std::int64_t> status_code) {
  return fmt::format(
      "SELECT url, error_message FROM {} WHERE error = {}{}",
      is_skip_word(error) ? "skipped" : "pages", quoted(error),
      status_code ? fmt::format(" AND status_code = {}", *status_code) : "");
}

}  // namespace

void say_if_cut(Html& html, std::uint64_t shown, std::uint64_t all,
                std::string_view query) {
  if (shown >= all) return;
  html << "<p class=\"soft\">Shown are ";
  html.count(shown);
  html << " of ";
  html.count(all);
  html << "; the database beside this page has the rest";
  if (!query.empty()) {
    html << ": <code>";
    html.text(query);
    html << "</code>";
  }
  html << ".</p>\n";
}

void write_summary(sqlite3* db, Html& html) {
  Rows totals(db,
              "SELECT count(*), coalesce(sum(ok), 0), "
              "(SELECT count(*) FROM pages WHERE id IN "
              "(SELECT id FROM skipped)), coalesce(sum(size_download), 0), "
              "coalesce(sum(size_body), 0) FROM pages");
  if (!totals.next()) return;
  const auto not_followed = static_cast<std::uint64_t>(
      number_of(db, "SELECT count(*) FROM " + left_out()));
  const std::uint64_t all = totals.count(0) + not_followed;
  const std::uint64_t fetched = totals.count(1);
  const std::uint64_t skipped = totals.count(2) + not_followed;
  const std::uint64_t failed = all - fetched - skipped;
  begin_section(html, "summary", "Summary");
  html << "<p>";
  html.count(all, "URL");
  html << " = ";
  html.count(fetched);
  html << " fetched + ";
  html.count(failed);
  html << " failed + ";
  html.count(skipped);
  html << " skipped</p>\n";
  Rows worker(db,
              "SELECT worker FROM runs WHERE worker IS NOT NULL ORDER BY id "
              "DESC LIMIT 1");
  if (worker.next()) {
    html << "<p>This is what worker <code>";
    html.text(worker.text(0));
    html << "</code> fetched of a crawl that may have others: what only all "
            "pages together could tell is left out.</p>\n";
  }
  html << "<dl class=\"cards\">";
  card(html, "fetched", fetched);
  card(html, "failed", failed);
  card(html, "skipped", skipped);
  html << "<div><dt>received</dt><dd>";
  html.bytes(totals.count(3));
  html << "</dd></div><div><dt>decoded</dt><dd>";
  html.bytes(totals.count(4));
  html << "</dd></div></dl>\n";
  begin_table(html, "Runs of the crawl");
  table_head(html,
             "<th>begun<th>ended<th class=\"n\">records<th "
             "class=\"n\">left out");
  Rows runs(db,
            "SELECT started, ended, pages, skipped FROM runs ORDER BY id "
            "LIMIT 50");
  while (runs.next()) {
    html << "<tr>";
    text_cell(html, runs.text(0));
    text_cell(html, runs.is_null(1) ? "was killed" : runs.text(1));
    if (runs.is_null(2)) {
      html << "<td class=\"n\">-</td><td class=\"n\">-</td>";
    } else {
      count_cell(html, runs.count(2));
      count_cell(html, runs.count(3));
    }
    html << "</tr>\n";
  }
  end_table(html);
  end_section(html);
}

void write_depths(sqlite3* db, Html& html) {
  const std::string from = fmt::format(
      " FROM (SELECT coalesce(depth, 0) AS depth, status_code, ok, id IN "
      "(SELECT id FROM skipped) AS skipped FROM pages UNION ALL "
      "SELECT coalesce(depth, 0), NULL, 0, 1 FROM {})",
      left_out());
  const std::string sql = fmt::format(
      "SELECT depth, count(*), {}{} GROUP BY depth ORDER BY depth LIMIT ?",
      kOutcomes, from);
  Rows most(db, "SELECT max(n) FROM (SELECT count(*) AS n" + from +
                    " GROUP BY depth)");
  if (!most.next() || most.integer(0) == 0) return;
  const auto widest = static_cast<double>(most.integer(0));
  const std::int64_t depths = std::min<std::int64_t>(
      kMostDepths, number_of(db, "SELECT count(DISTINCT depth)" + from));
  begin_section(html, "depth", "Status and type by depth");
  begin_picture(html, "Status by depth",
                "a bar for each depth, its parts as in the table below", 900,
                static_cast<double>(depths) * 22 + 30);
  double x = 60;
  for (const OutcomeStyle& style : kStyles) {
    html << style.bar << "x=\"";
    html.decimal(x);
    html << "\" y=\"4\" width=\"12\" height=\"12\"/><text x=\"";
    html.decimal(x + 16);
    html << "\" y=\"14\">" << style.name << "</text>";
    x += 90;
  }
  Rows bars(db, sql);
  bars.bind(1, std::int64_t{kMostDepths});
  double y = 26;
  while (bars.next()) {
    html << "<text x=\"0\" y=\"";
    html.decimal(y + 13);
    html << "\">depth ";
    html.number(bars.integer(0));
    html << "</text>";
    x = 60;
    for (std::size_t i = 0; i < kStyles.size(); ++i) {
      const double width =
          830 * static_cast<double>(bars.integer(static_cast<int>(i) + 2)) /
          widest;
      if (width <= 0) continue;
      html << kStyles[i].bar << "x=\"";
      html.decimal(x);
      html << "\" y=\"";
      html.decimal(y);
      html << "\" width=\"";
      html.decimal(width);
      html << "\" height=\"16\"/>";
      x += width;
    }
    y += 22;
  }
  end_picture(html);
  begin_table(html, "Status by depth");
  table_head(html,
             "<th class=\"n\">depth<th class=\"n\">URLs<th class=\"n\">2xx"
             "<th class=\"n\">3xx<th class=\"n\">4xx<th class=\"n\">5xx"
             "<th class=\"n\">failed<th class=\"n\">skipped");
  Rows rows(db, sql);
  rows.bind(1, std::int64_t{kMostDepths});
  while (rows.next()) {
    html << "<tr>";
    for (int i = 0; i < 8; ++i) count_cell(html, rows.count(i));
    html << "</tr>\n";
  }
  end_table(html);
  begin_table(html, "Content types by depth");
  table_head(html,
             "<th>type<th class=\"n\">depth<th class=\"n\">URLs"
             "<th class=\"n\">received");
  Rows types(db,
             "SELECT coalesce(lower(trim(substr(content_type, 1, "
             "instr(content_type || ';', ';') - 1))), 'none') AS type, "
             "coalesce(depth, 0), count(*) AS n, sum(size_download) "
             "FROM pages WHERE status_code IS NOT NULL GROUP BY 1, 2 "
             "ORDER BY n DESC LIMIT 60");
  while (types.next()) {
    html << "<tr>";
    text_cell(html, types.text(0));
    count_cell(html, types.count(1));
    count_cell(html, types.count(2));
    bytes_cell(html, types.count(3));
    html << "</tr>\n";
  }
  end_table(html);
  end_section(html);
}

void write_errors(sqlite3* db, Html& html) {
  Rows kinds(db,
             "SELECT error, status_code, count(*) AS n FROM (SELECT error, "
             "status_code FROM pages WHERE NOT ok UNION ALL SELECT error, NULL "
             "FROM skipped WHERE id NOT IN (SELECT id FROM pages)) "
             "GROUP BY 1, 2 ORDER BY n DESC LIMIT ?");
  kinds.bind(1, std::int64_t{kMostErrorKinds});
  Rows examples(db,
                "SELECT url, error_message, parent FROM pages WHERE NOT ok "
                "AND error IS ?1 AND status_code IS ?2 LIMIT ?3");
  Rows left_out(db,
                "SELECT url, error_message, parent FROM skipped WHERE "
                "error IS ?1 AND id NOT IN (SELECT id FROM pages) LIMIT ?2");
  bool any = false;
  while (kinds.next()) {
    if (!std::exchange(any, true)) {
      begin_section(html, "errors", "What failed and what was left out");
    }
    html << "<details><summary>";
    html.text(kinds.text(0));
    if (!kinds.is_null(1)) {
      html << " ";
      html.number(kinds.integer(1));
    }
    html << " - ";
    html.count(kinds.count(2));
    html << "</summary><ul>";
    int shown = 0;
    const auto list = [&](Rows& rows) {
      while (shown < kExamples && rows.next()) {
        ++shown;
        html << "<li>";
        html.link(rows.text(0));
        html << " <span class=\"soft\">";
        html.brief(rows.text(1), 160);
        html << "</span>";
        if (!rows.is_null(2)) {
          html << "<br>found on ";
          html.link(rows.text(2));
        }
        html << "</li>";
      }
      rows.reset();
    };
    examples.bind(1, kinds.text(0));
    if (kinds.is_null(1)) {
      examples.bind_null(2);
    } else {
      examples.bind(2, kinds.integer(1));
    }
    examples.bind(3, std::int64_t{kExamples});
    list(examples);
    left_out.bind(1, kinds.text(0));
    left_out.bind(2, std::int64_t{kExamples});
    if (kinds.is_null(1)) list(left_out);
    html << "</ul>";
    say_if_cut(
        html, static_cast<std::uint64_t>(shown), kinds.count(2),
        query_of_errors(kinds.text(0), kinds.is_null(1)
                                           ? std::nullopt
                                           : std::optional(kinds.integer(1))));
    html << "</details>\n";
  }
  if (any) end_section(html);
}

void write_broken_links(sqlite3* db, Html& html) {
  const std::int64_t all = number_of(
      db,
      "SELECT count(*) FROM pages WHERE NOT ok AND EXISTS (SELECT 1 FROM "
      "links WHERE links.url = pages.url) AND id NOT IN (SELECT id FROM "
      "skipped)");
  if (all == 0) return;
  begin_section(html, "broken-links", "Broken links");
  const std::size_t begin = html.size();
  Rows targets(db,
               "SELECT target.id, target.url, coalesce(target.status_code, "
               "target.error), count(*) AS n, count(DISTINCT links.page) FROM "
               "pages AS target JOIN links ON links.url = target.url WHERE NOT "
               "target.ok AND target.id NOT IN (SELECT id FROM skipped) GROUP "
               "BY target.id ORDER BY n DESC, target.url LIMIT ?");
  targets.bind(1, std::int64_t{kMostBroken});
  Rows sources(db,
               "SELECT source.url, links.element, links.text, count(*) FROM "
               "links JOIN pages AS source ON source.id = links.page WHERE "
               "links.url = ?1 GROUP BY links.page, links.element, links.text "
               "ORDER BY links.page LIMIT ?2");
  std::uint64_t shown = 0;
  while (html.size() - begin < kMostBytes && targets.next()) {
    ++shown;
    html << "<details><summary>";
    html.brief(targets.text(1));
    html << " - ";
    html.text(targets.text(2));
    html << " - links: ";
    html.count(targets.count(3));
    html << " on pages: ";
    html.count(targets.count(4));
    html << "</summary>\n<p>";
    html.link(targets.text(1), 160);
    html << "</p><ul>";
    std::uint64_t links = 0;
    sources.bind(1, targets.text(1));
    sources.bind(2, std::int64_t{kMostSources});
    while (html.size() - begin < kMostBytes && sources.next()) {
      links += sources.count(3);
      html << "<li>";
      html.link(sources.text(0));
      html << " <span class=\"soft\">";
      html.text(sources.text(1));
      html << " ";
      html.brief(sources.text(2), 60);
      if (sources.count(3) > 1) {
        html << ", times: ";
        html.count(sources.count(3));
      }
      html << "</span></li>\n";
    }
    sources.reset();
    html << "</ul>";
    say_if_cut(
        html, links, targets.count(3),
        "SELECT page FROM broken_links WHERE url = " + quoted(targets.text(1)));
    html << "</details>\n";
  }
  say_if_cut(html, shown, static_cast<std::uint64_t>(all),
             "SELECT DISTINCT url, page FROM broken_links");
  end_section(html);
}

}  // namespace crawl
