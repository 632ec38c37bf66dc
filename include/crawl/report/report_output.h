#ifndef CRAWL_REPORT_REPORT_OUTPUT_H_
#define CRAWL_REPORT_REPORT_OUTPUT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crawl/base/error.h"
#include "crawl/writer/result_writer.h"
#include "crawl/writer/sink.h"

namespace crawl {

struct ReportOptions {
  std::string path;  // of the page
  OutputMode mode = OutputMode::kReplace;
  // What it gave at its last sync(), to be cut back to; nothing for a new one.
  std::optional<std::uint64_t> position;
  std::string version;  // of the program
  // Whose part of a crawl it is; nobody's if it is the whole.
  std::string worker = {};
};

// The database that a report is made from, beside it.
std::string report_database(const std::string& path);

// The fields that it wants records to have.
std::vector<std::size_t> report_fields();

// A sink ("report") that gathers a crawl in a database, and makes a page of it
// for people when it is closed: one file of HTML that loads nothing. Exchanges
// are told of by make_request_keeper(). The database stays, since the page has
// the first of long lists only.
Result<std::unique_ptr<Sink>> open_report(const ReportOptions& options);

// Cuts the database back as a position says, and makes its page: how many
// Outcomes went. Fails as cut_site_database() does.
Result<std::uint64_t> cut_report(const ReportOptions& options);

// Makes the page of such a database, or of another with the same fields; tables
// and columns that are not there leave their sections out.
Result<void> write_report(const std::string& database, OutputStream& page);

}  // namespace crawl

#endif  // CRAWL_REPORT_REPORT_OUTPUT_H_
