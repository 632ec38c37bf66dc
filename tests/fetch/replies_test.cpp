// The same bytes give the same record, and the right one: data/http, over every
// transport.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "crawl/fetch/fetcher.h"
#include "fetch/fetch_fixture.h"
#include "support/base64.h"
#include "support/data_file.h"
#include "support/http2_transport.h"
#include "support/loopback_site.h"
#include "support/loopback_tls.h"
#include "support/tls_transport.h"

namespace crawl::testing {
namespace {

using nlohmann::json;

struct Row {
  std::string id;
  std::string reply;
  std::string close;
  std::string cut_error;
  bool http2 = false;
  json expect;
};

std::vector<Row> read_rows() {
  std::vector<Row> rows;
  std::istringstream lines(read_data_file("http/replies.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const json one = json::parse(line);
    Row row{one.at("id"),           "",
            one.at("close"),        one.value("cut_error", ""),
            one.value("h2", false), one.at("expect")};
    const json& reply = one.at("reply_b64");
    if (reply.is_string()) {
      row.reply = base64_decode(reply.get<std::string>());
    } else {
      for (const json& piece : reply) {
        const std::string bytes = base64_decode(piece[0].get<std::string>());
        for (int i = piece[1].get<int>(); i > 0; --i) row.reply += bytes;
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

const std::vector<Row>& rows() {
  static const std::vector<Row> all = read_rows();
  return all;
}

enum class Over { kHttp, kHttps, kHttp2, kHttp2SmallFrames };

// The same site over each transport.
class Sites {
 public:
  Sites() {
    for (const Over over :
         {Over::kHttp, Over::kHttps, Over::kHttp2, Over::kHttp2SmallFrames}) {
      LoopbackSiteOptions options;
      options.keep_log = false;
      if (over != Over::kHttp) {
        options.scheme = "https";
        const auto context = LoopbackTls::get().make_context();
        options.transport = over == Over::kHttps ? make_tls_transports(context)
                            : over == Over::kHttp2
                                ? make_http2_transports(context)
                                : make_http2_transports(context, 7);
      }
      sites_.push_back(std::make_unique<LoopbackSite>(std::move(options)));
      sites_.back()->serve("/good", "<title>good</title>");
    }
  }

  LoopbackSite& operator[](Over over) {
    return *sites_[static_cast<std::size_t>(over)];
  }

 private:
  std::vector<std::unique_ptr<LoopbackSite>> sites_;
};

// `reply` in pieces of random sizes, at most some hundreds of them.
Reply in_pieces(const std::string& reply) {
  std::mt19937 random(static_cast<unsigned>(reply.size()));
  return Reply().generate([reply, random,
                           at = std::size_t{0}](std::string& out) mutable {
    if (at == reply.size()) return false;
    std::uniform_int_distribution<std::size_t> size(1, 9 + reply.size() / 200);
    const std::string_view piece =
        std::string_view(reply).substr(at, size(random));
    out.append(piece);
    at += piece.size();
    return true;
  });
}

Reply make_reply(const Row& row, bool pieces) {
  Reply reply = pieces ? in_pieces(row.reply) : Reply().send(row.reply);
  if (row.close == "fin") reply.close();
  if (row.close == "cut") reply.cut();
  return reply;
}

std::string name_of_error(ErrorKind kind) {
  return kind == ErrorKind::kNone ? "ok" : std::string(to_string(kind));
}

// All of a result that no transport may change.
std::string story(const FetchResult& result) {
  std::ostringstream out;
  out << name_of_error(result.error) << "\nstatus " << result.status_code
      << (result.headers_complete ? " complete" : "") << "\ntype "
      << result.content_type << "\nlocation " << result.location
      << "\nretry-after " << result.retry_after << "\nlink " << result.link
      << "\nrefresh " << result.refresh << "\nrobots " << result.x_robots_tag
      << "\nsizes " << result.size_download << ' ' << result.size_body
      << (result.truncated ? " truncated" : "") << "\ndigest "
      << (result.body_digest ? result.body_digest->high : 0) << "\nbody "
      << result.body << '\n';
  if (const auto& page = result.page) {
    out << "page " << page->title.value_or("-") << '|'
        << page->canonical.value_or("-") << '|' << page->charset << '|'
        << page->refresh.value_or("-") << '|' << page->link_count << '\n';
  }
  // HTTP/2 has no fields about the connection and writes names in lower case.
  for (const auto& [name, value] : result.headers) {
    std::string lower = name;
    for (char& c : lower) {
      c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    if (lower != "connection" && lower != "transfer-encoding" &&
        lower != "upgrade") {
      out << lower << ": " << value << '\n';
    }
  }
  return out.str();
}

void expect_text(const json& expect, const char* key, const std::string& got) {
  if (expect.contains(key)) {
    EXPECT_EQ(got, expect[key].get<std::string>()) << key;
  }
}

void expect_page_text(const json& expect, const char* key,
                      const FetchResult& result,
                      const std::optional<std::string>& got) {
  if (!expect.contains(key)) return;
  ASSERT_TRUE(result.page.has_value()) << key;
  if (expect[key].is_null()) {
    EXPECT_EQ(got.value_or("-"), "-") << key;
  } else {
    EXPECT_EQ(got.value_or("-"), expect[key].get<std::string>()) << key;
  }
}

void expect_right(const Row& row, const FetchResult& result, bool tls) {
  const json& expect = row.expect;
  const std::string error = name_of_error(result.error);
  if (tls && !row.cut_error.empty()) {
    EXPECT_EQ(error, row.cut_error) << result.error_message;
    EXPECT_EQ(result.status_code, expect.at("status_code").get<int>());
    return;
  }
  if (expect.contains("any_of")) {
    const auto allowed = expect["any_of"].get<std::vector<std::string>>();
    EXPECT_TRUE(std::count(allowed.begin(), allowed.end(), error) > 0)
        << error << ": " << result.error_message;
  } else if (!expect.value("same_over_all", false)) {
    EXPECT_EQ(error, expect.value("error", "ok")) << result.error_message;
    EXPECT_EQ(result.truncated, expect.value("truncated", error == "decode"));
  }
  EXPECT_EQ(result.error_message.empty(), error == "ok");
  if (error == "protocol" && expect.contains("any_of")) return;
  if (expect.contains("status_code")) {
    EXPECT_EQ(result.status_code, expect["status_code"].get<int>());
  }
  if (expect.contains("size_body")) {
    EXPECT_EQ(result.size_body, expect["size_body"].get<std::uint64_t>());
  }
  if (expect.contains("headers_complete")) {
    EXPECT_EQ(result.headers_complete, expect["headers_complete"].get<bool>());
  }
  expect_text(expect, "content_type", result.content_type);
  expect_text(expect, "location", result.location);
  expect_text(expect, "link", result.link);
  expect_text(expect, "refresh", result.refresh);
  expect_text(expect, "retry_after", result.retry_after);
  expect_text(expect, "x_robots_tag", result.x_robots_tag);
  if (expect.contains("location_b64")) {
    EXPECT_EQ(result.location,
              base64_decode(expect["location_b64"].get<std::string>()));
  }
  if (expect.contains("no_page") || expect.contains("has_page")) {
    EXPECT_EQ(result.page.has_value(), expect.contains("has_page"));
  }
  const Page none;
  const Page& page = result.page ? *result.page : none;
  expect_page_text(expect, "title", result, page.title);
  expect_page_text(expect, "canonical", result, page.canonical);
  expect_page_text(expect, "charset", result, page.charset);
}

class Replies : public FetcherTest {
 protected:
  Replies() {
    options.keep_body = true;
    options.keep_headers = true;
    options.body_digest = true;
  }

  void expect_good(LoopbackSite& site) {
    const FetchResult result =
        fetch({.id = 1, .url = url_of(site.url("/good"))});
    EXPECT_EQ(result.error, ErrorKind::kNone) << result.error_message;
    EXPECT_EQ(result.body, "<title>good</title>");
  }

  // Twice, between good pages: what comes before does not tell on it, nor it
  // on what comes after.
  FetchResult expect_row(const Row& row, Over over, bool pieces) {
    LoopbackSite& site = sites[over];
    // What stands behind an answer comes with it: a moment later nobody could
    // tell it from the answer to what has been asked since.
    const bool cut = pieces && !row.expect.contains("reused");
    site.serve("/row", [&row, cut](const HttpRequest&) {
      return make_reply(row, cut);
    });
    expect_good(site);
    const FetchRequest wanted{.id = 1, .url = url_of(site.url("/row"))};
    FetchResult first = fetch(wanted);
    expect_right(row, first, over != Over::kHttp);
    const FetchResult second = fetch(wanted);
    EXPECT_EQ(story(first), story(second));
    if (over == Over::kHttp || over == Over::kHttps) {
      EXPECT_EQ(first.error_message, second.error_message);
      if (second.status_code != 0 && row.expect.contains("reused")) {
        EXPECT_FALSE(second.reused_connection);
      } else if (row.close == "keep" && first.error == ErrorKind::kNone &&
                 !row.expect.contains("any_of")) {
        EXPECT_TRUE(second.reused_connection);
      }
    }
    expect_good(site);
    return first;
  }

  void expect_rows(bool pieces) {
    for (const Row& row : rows()) {
      SCOPED_TRACE(row.id);
      const FetchResult plain = expect_row(row, Over::kHttp, pieces);
      const FetchResult tls = expect_row(row, Over::kHttps, pieces);
      if (row.cut_error.empty()) {
        EXPECT_EQ(story(plain), story(tls));
        EXPECT_EQ(plain.error_message, tls.error_message);
      }
      if (!row.http2) continue;
      for (const Over over : {Over::kHttp2, Over::kHttp2SmallFrames}) {
        const FetchResult framed = expect_row(row, over, pieces);
        EXPECT_EQ(framed.http_version, "2");
        EXPECT_EQ(story(plain), story(framed));
      }
    }
  }

  Sites sites;
};
INSTANTIATE_TEST_SUITE_P(, Replies, all_fetchers(), NameOfParameter());

TEST_P(Replies, AreReadAlikeOverEveryTransport) { expect_rows(false); }

TEST_P(Replies, AreReadAlikeInPiecesOfAnySize) { expect_rows(true); }

TEST(RepliesTable, HasRowsOfEveryKind) {
  EXPECT_GE(rows().size(), 200u);
  const auto count = [](auto condition) {
    return std::count_if(rows().begin(), rows().end(), condition);
  };
  EXPECT_GE(count([](const Row& row) { return row.http2; }), 100);
  EXPECT_GE(count([](const Row& row) { return row.close == "cut"; }), 20);
}

}  // namespace
}  // namespace crawl::testing
