#include "engine/record_builder.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace crawl {
namespace {

std::string body_of(std::string body, std::string content_type) {
  Job job(0, "http://a.test/", *Url::parse("http://a.test/"));
  FetchResult result;
  result.status_code = 200;
  result.body = std::move(body);
  result.content_type = std::move(content_type);
  return make_record(job, result, ErrorKind::kNone, "").body;
}

TEST(RecordBuilder, APagesBodyBecomesUtf8ByTheRulesForPages) {
  EXPECT_EQ(body_of("<p>caf\xE9", "text/html; charset=iso-8859-1"),
            "<p>caf\xC3\xA9");
  EXPECT_EQ(body_of("<meta charset=koi8-r>\xC1", "text/html"),
            "<meta charset=koi8-r>\xD0\xB0");
  EXPECT_EQ(body_of("<p>caf\xC3\xA9", "text/html"), "<p>caf\xC3\xA9");
}

TEST(RecordBuilder, OtherBodiesBecomeUtf8ByTheirHeader) {
  EXPECT_EQ(body_of("caf\xE9", "text/plain; charset=latin1"), "caf\xC3\xA9");
  EXPECT_EQ(body_of("caf\xE9", "text/plain"), "caf\xE9");
  EXPECT_EQ(body_of("caf\xE9", "text/plain; charset=nonsense"), "caf\xE9");
  EXPECT_EQ(body_of("\x89PNG\xFF", "image/png"), "\x89PNG\xFF");
  EXPECT_EQ(body_of("caf\xE9", ""), "caf\xE9");
}

TEST(RecordBuilder, TheDigestIsTheFetchers) {
  Job job(0, "http://a.test/", *Url::parse("http://a.test/"));
  FetchResult result;
  result.body_digest = Fingerprint{1, 2};
  EXPECT_EQ(make_record(job, result, ErrorKind::kNone, "").body_digest,
            (Fingerprint{1, 2}));
}

}  // namespace
}  // namespace crawl
