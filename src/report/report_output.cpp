#include "crawl/report/report_output.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/sqlite.h"
#include "crawl/writer/fields.h"
#include "crawl/writer/site_database.h"
#include "report/html.h"
#include "report/page_frame.h"
#include "report/sections.h"

namespace crawl {
namespace {

class ReportSink final : public Sink {
 public:
  ReportSink(std::string path, std::unique_ptr<Sink> database)
      : path_(std::move(path)), database_(std::move(database)) {}

  std::string_view name() const override { return "report"; }
  Result<void> take(const Outcome& outcome) override {
    return database_->take(outcome);
  }
  Result<void> listed(std::string_view url, std::string_view sitemap) override {
    return database_->listed(url, sitemap);
  }
  Result<void> slot_times(const SlotTimes& span) override {
    return database_->slot_times(span);
  }
  Result<void> keep(const KeptExchange& exchange) override {
    return database_->keep(exchange);
  }
  Result<void> flush() override { return database_->flush(); }
  Result<std::uint64_t> sync() override { return database_->sync(); }
  Result<void> close() override;

 private:
  const std::string path_;
  const std::unique_ptr<Sink> database_;
};

// Where a page of this name is: links are followed.
std::string place_of(const std::string& path) {
  std::error_code error;
  const std::filesystem::path place =
      std::filesystem::weakly_canonical(path, error);
  return error ? path : place.string();
}
std::string part_of(const std::string& place) { return place + ".part"; }

Result<void> write_whole(const std::string& database, const std::string& path) {
  Result<std::unique_ptr<OutputStream>> page = open_output(path);
  if (!page) return tl::unexpected(page.error());
  Result<void> done = write_report(database, **page);
  if (done) done = (*page)->sync();
  if (done) done = (*page)->close();
  return done;
}

// Whoever reads an earlier page meanwhile has the whole of it.
Result<void> ReportSink::close() {
  if (Result<void> closed = database_->close(); !closed) return closed;
  namespace fs = std::filesystem;
  const std::string place = place_of(path_);
  const std::string part = part_of(place);
  Result<void> done = write_whole(report_database(path_), part);
  std::error_code error;
  if (done) {
    // Who may read it stays as it was.
    const fs::file_status there = fs::status(place, error);
    error.clear();
    if (fs::exists(there)) fs::permissions(part, there.permissions(), error);
    if (!error) fs::rename(part, place, error);
    if (error) {
      done = make_error(
          fmt::format("cannot write {}: {}", path_, error.message()));
    }
  }
  if (!done) fs::remove(part, error);
  return done;
}

// What would only show at the end of a long crawl is told at its beginning.
Result<void> try_page(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status there =
      std::filesystem::status(path, error);
  if (std::filesystem::exists(there) &&
      !std::filesystem::is_regular_file(there)) {
    return make_error(fmt::format(
        "{} is no file, which a report is written to: name a file", path));
  }
  const std::string place = place_of(path);
  const std::filesystem::path folder =
      std::filesystem::path(place).parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder, error)) {
    return make_error(fmt::format("cannot write {}: there is no folder {}",
                                  path, folder.string()));
  }
  const std::string part = part_of(place);
  Result<std::unique_ptr<OutputStream>> page = open_output(part);
  if (!page) return tl::unexpected(page.error());
  page->reset();
  std::filesystem::remove(part, error);
  return {};
}

// Whether whoever wrote it last came to an end, and has made the page.
bool has_ended(const std::string& database) {
  sqlite3* made = nullptr;
  const int code =
      sqlite3_open_v2(database.c_str(), &made, SQLITE_OPEN_READONLY, nullptr);
  const Database db(made);
  return code == SQLITE_OK &&
         number_of(made,
                   "SELECT ended IS NOT NULL FROM runs ORDER BY id DESC "
                   "LIMIT 1") == 1;
}

struct Part {
  void (*write)(sqlite3* db, Html& html);
  Markup link;
};

constexpr Part kParts[] = {
    {write_summary, "<li><a href=\"#summary\">Summary</a></li>"},
    {write_depths, "<li><a href=\"#depth\">By depth</a></li>"},
    {write_timeline, "<li><a href=\"#over-time\">Over time</a></li>"},
    {write_waterfall, "<li><a href=\"#waterfall\">Waterfall</a></li>"},
    {write_latencies, "<li><a href=\"#latency\">Latency</a></li>"},
    {write_slowest, "<li><a href=\"#slowest\">Slowest</a></li>"},
    {write_errors, "<li><a href=\"#errors\">Errors</a></li>"},
    {write_broken_links, "<li><a href=\"#broken-links\">Broken links</a></li>"},
    {write_audit, "<li><a href=\"#audit\">Audit</a></li>"},
    {write_tree, "<li><a href=\"#folders\">Folders</a></li>"},
};

}  // namespace

std::string report_database(const std::string& path) { return path + ".db"; }

std::vector<std::size_t> report_fields() {
  return *parse_field_list(
      "url,input,final_url,status_code,ok,error,error_message,content_type,"
      "title,description,canonical,lang,link_count,size_download,size_body,"
      "redirects,attempts,timestamp,time_starttransfer,time_total,depth,parent,"
      "links,headers,headings,meta,alternates,body_digest,"
      "audit");
}

Result<void> write_report(const std::string& database, OutputStream& page) {
  sqlite3* made = nullptr;
  const int code =
      sqlite3_open_v2(database.c_str(), &made, SQLITE_OPEN_READONLY, nullptr);
  const Database db(made);
  if (code != SQLITE_OK) {
    return make_error(
        fmt::format("cannot read {}: {}", database, sqlite3_errstr(code)));
  }
  Html html;
  Rows first(
      made,
      "SELECT url, (SELECT version FROM runs ORDER BY id DESC LIMIT 1) "
      "FROM pages WHERE url IS NOT NULL ORDER BY input IS NULL, depth, id "
      "LIMIT 1");
  std::string title = "Crawl";
  std::string version = "crawl";
  if (first.next()) {
    title = "Crawl from " + std::string(first.text(0));
    version = first.text(1);
  }
  first.reset();
  begin_page(html, title);
  html << "<nav aria-label=\"Parts\"><ul>";
  Html parts;
  for (const Part& part : kParts) {
    const std::size_t before = parts.str().size();
    part.write(made, parts);
    if (parts.str().size() > before) html << part.link;
  }
  html << "</ul></nav>\n<main>\n";
  if (Result<void> begun = page.write(html.take()); !begun) return begun;
  if (Result<void> written = page.write(parts.take()); !written) {
    return written;
  }
  html << "</main>\n";
  end_page(html, version);
  return page.write(html.take());
}

Result<std::uint64_t> cut_report(const ReportOptions& options) {
  const Result<std::uint64_t> gone = cut_site_database(
      report_database(options.path), options.position.value_or(0));
  if (!gone || (*gone == 0 && has_ended(report_database(options.path)))) {
    return gone;
  }
  const Result<std::unique_ptr<Sink>> report = open_report(options);
  if (!report) return tl::unexpected(report.error());
  return (*report)->close().map([&] { return *gone; });
}

Result<std::unique_ptr<Sink>> open_report(const ReportOptions& options) {
  SiteDatabaseOptions database;
  database.path = report_database(options.path);
  database.mode = options.mode;
  database.position = options.position;
  database.fields = report_fields();
  database.version = options.version;
  database.sink = "report";
  database.requests = true;
  database.worker = options.worker;
  if (Result<void> tried = try_page(options.path); !tried) {
    return tl::unexpected(tried.error());
  }
  Result<std::unique_ptr<Sink>> opened = open_site_database(database);
  if (!opened) return opened;
  return std::make_unique<ReportSink>(options.path, *std::move(opened));
}

}  // namespace crawl
