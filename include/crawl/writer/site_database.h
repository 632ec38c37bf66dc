#ifndef CRAWL_WRITER_SITE_DATABASE_H_
#define CRAWL_WRITER_SITE_DATABASE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/error.h"
#include "crawl/writer/exchange.h"
#include "crawl/writer/result_writer.h"
#include "crawl/writer/sink.h"

namespace crawl {

// A crawl as a database of SQLite, for questions that need all its pages.
struct SiteDatabaseOptions {
  std::string path;
  OutputMode mode = OutputMode::kReplace;
  // What it gave at its last sync(), to be cut back to; nothing for a new one.
  std::optional<std::uint64_t> position;
  // As parse_field_list() gives them: the columns of `pages`. `links`,
  // `redirects` and `headers` are tables of their own.
  std::vector<std::size_t> fields;
  std::string version;  // of the program, for `runs`
  // Whose part of a crawl it is, for `runs`; nobody's if it is the whole.
  std::string worker = {};
  std::string_view sink = "records";  // its name among the crawl's sinks
  // Has a table of the requests that such a keeper tells of.
  bool requests = false;
};

// Notes of each exchange when it was made and where its time went.
std::shared_ptr<const ExchangeKeeper> make_request_keeper();

// Opens one: a sink of the records and of what was left out.
//
// Each Outcome has one number, `id`, in the order they came; the position is
// the last one's. Rows are committed by sync(), and now and then between: other
// programs may read all the time, and see whole Outcomes. Indices and views are
// made by close(), since rows are added ten times as fast without them. Views
// of what no page has are not made of a worker's part.
//
// Text is valid UTF-8 without characters that a screen obeys (U+FFFD).
//
// Fails, and leaves the file as it is, if it holds something else than such a
// database, or columns other than `fields` that are to be kept, or while
// another process writes it.
Result<std::unique_ptr<Sink>> open_site_database(
    const SiteDatabaseOptions& options);

// Who is writing such a database: "another process", "" if nobody is. Not for
// one that this process writes.
std::string site_database_writer(const std::string& path);

// Cuts it back as a position says: how many Outcomes went. Nothing is made
// anew: fails if it is not there, holds less, or is no such database.
Result<std::uint64_t> cut_site_database(const std::string& path,
                                        std::uint64_t position);

// Whether the file at `path` is such a database, by its header.
bool is_site_database(const std::string& path);

}  // namespace crawl

#endif  // CRAWL_WRITER_SITE_DATABASE_H_
