#ifndef CRAWL_WRITER_RECORD_H_
#define CRAWL_WRITER_RECORD_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crawl/base/error_kind.h"
#include "crawl/base/extraction.h"
#include "crawl/base/fingerprint.h"
#include "crawl/base/link_list.h"
#include "crawl/base/redirect_hop.h"

namespace crawl {

// What one URL leaves behind: everything the writers can write. Which fields
// they do write, and how each is spelled, is in writer/fields.h. Times are
// seconds.
struct CrawlRecord {
  std::uint64_t index = 0;  // of the input line; orders --ordered output

  std::string url;    // normalised, as first asked for; "" if it is no URL
  std::string input;  // the line as given
  std::string final_url;
  int status_code = 0;  // 0: no response
  bool ok = false;      // final status under 400
  ErrorKind error = ErrorKind::kNone;
  std::string error_message;
  std::string content_type;
  std::optional<std::uint64_t> content_length;
  bool head = false;  // asked with HEAD: there was to be no body
  std::optional<std::string> charset, title, description, canonical, lang;
  std::optional<std::uint64_t>
      link_count;  // nothing unless it was an HTML page
  std::uint64_t size_download = 0;
  std::uint64_t size_body = 0;
  bool truncated = false;
  std::vector<RedirectHop> redirects;
  std::string http_version;
  std::string remote_ip;
  int attempts = 0;
  std::chrono::system_clock::time_point
      timestamp;  // when the last attempt began

  double time_queue = 0;  // from admitted to first started
  double time_namelookup = 0;
  double time_connect = 0;
  double time_appconnect = 0;
  double time_starttransfer = 0;
  double time_total = 0;

  int depth = 0;
  std::string parent;  // URL of the page it was found on; "" for a seed
  int worker = 0;

  // On demand.
  LinkList links;
  std::vector<std::pair<std::string, std::string>> headers;
  // After content decoding: UTF-8 if its charset is known, else as it came.
  std::string body;
  // Before it became that, if it was anything else.
  std::optional<std::string> body_as_it_came;
  std::string file;  // where the body was saved; "" if it was not
  std::optional<Fingerprint> body_digest;  // of the bytes as they came
  std::optional<std::string> parser;       // "scanner", "tree"
  std::optional<std::string> duplicate_of;
  std::optional<Extraction> extraction;  // nothing unless it was an HTML page
  // Of a page whose links are checked: as of Page.
  LinkList malformed, other_schemes;
  bool links_dropped = false;  // it is not the site's
  std::vector<std::uint64_t> targets;
  // Of what was read from an archive: the file and where in it.
  std::string warc_file;
  std::optional<std::uint64_t> warc_offset;
};

}  // namespace crawl

#endif  // CRAWL_WRITER_RECORD_H_
