#ifndef CRAWL_TESTS_CLI_ARCHIVE_FIXTURE_H_
#define CRAWL_TESTS_CLI_ARCHIVE_FIXTURE_H_

#include <string>
#include <utility>
#include <vector>

#include "archive/archive_reader.h"
#include "cli/cli_fixture.h"
#include "support/content_codings.h"
#include "support/http2_transport.h"
#include "support/loopback_tls.h"

namespace crawl::testing {

inline std::string page(const std::string& title, const std::string& link) {
  return "<!doctype html><html lang=en><meta charset=utf-8><title>" + title +
         "</title><a href='" + link + "'>a link</a><p>" +
         std::string(5'000, 'x') + "</p></html>";
}

// A site whose pages come in all the ways that pages come.
inline void add_pages(LoopbackSite& site) {
  site.serve("/plain", page("plain", "/1"));
  const auto coded = [&](const std::string& path, const std::string& coding,
                         std::string body) {
    serve_reply(
        site, path,
        Reply::response(
            200, {{"Content-Type", "text/html"}, {"Content-Encoding", coding}},
            std::move(body)));
  };
  coded("/packed-gzip", "gzip", gzip(page("gzip", "/2")));
  coded("/packed-deflate", "deflate", deflate(page("deflate", "/3")));
  coded("/packed-br", "br", stored_brotli(page("br", "/4")));
  coded("/packed-zstd", "zstd", zstd(page("zstd", "/5")));
  serve_reply(site, "/text",
              Reply::response(200, {{"Content-Type", "text/plain"}}, "text"));
  serve_reply(site, "/moved",
              Reply::response(302, {{"Location", "/plain"}}, "gone"));
  serve_reply(site, "/missing",
              Reply::response(404, {{"Content-Type", "text/html"}},
                              page("missing", "/6")));
}

inline const std::vector<std::string> kPaths = {
    "/plain",       "/packed-gzip", "/packed-deflate", "/packed-br",
    "/packed-zstd", "/text",        "/missing"};

// Without what tells when and how it came.
inline nlohmann::json timeless(nlohmann::json record) {
  for (const char* field :
       {"input", "attempts", "timestamp", "time_queue", "time_namelookup",
        "time_connect", "time_appconnect", "time_starttransfer", "time_total",
        "worker", "warc_file", "warc_offset", "headers"}) {
    record.erase(field);
  }
  return record;
}

inline std::vector<ArchivedRecord> read_archive(const std::string& file) {
  ArchiveReader archive(*open_bytes(file), 1 << 24);
  std::vector<ArchivedRecord> all;
  while (auto record = archive.next()) all.push_back(*std::move(record));
  return all;
}

// A way to speak to a site, and what the command needs for it.
struct Spoken {
  std::string name;
  LoopbackSiteOptions site;
  std::vector<std::string> options;
};

inline std::vector<Spoken> transports() {
  std::vector<Spoken> all;
  const LoopbackTls& tls = LoopbackTls::get();
  all.push_back({"http", {}, {}});
  all.push_back({"https", tls.site_options(), {"--cacert", tls.ca_file()}});
  all.push_back({"http2", tls.site_options(), {"--cacert", tls.ca_file()}});
  all.back().site.transport = make_http2_transports(tls.make_context());
  return all;
}

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_CLI_ARCHIVE_FIXTURE_H_
