#include "crawl/base/error_kind.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crawl {
namespace {

// The output format: scripts compare with these words.
const std::vector<std::pair<ErrorKind, std::string_view>> kWords = {
    {ErrorKind::kNone, "none"},
    {ErrorKind::kHttp, "http"},
    {ErrorKind::kInvalidUrl, "invalid_url"},
    {ErrorKind::kUnsupportedScheme, "unsupported_scheme"},
    {ErrorKind::kDns, "dns"},
    {ErrorKind::kConnect, "connect"},
    {ErrorKind::kTls, "tls"},
    {ErrorKind::kTlsChain, "tls_chain"},
    {ErrorKind::kTimeout, "timeout"},
    {ErrorKind::kTooManyRedirects, "too_many_redirects"},
    {ErrorKind::kRedirect, "redirect"},
    {ErrorKind::kProtocol, "protocol"},
    {ErrorKind::kClosed, "closed"},
    {ErrorKind::kDecode, "decode"},
    {ErrorKind::kInterrupted, "interrupted"},
    {ErrorKind::kDuplicate, "duplicate"},
    {ErrorKind::kBlockedAddress, "blocked_address"},
    {ErrorKind::kRobots, "robots"},
    {ErrorKind::kScope, "scope"},
    {ErrorKind::kTrap, "trap"},
    {ErrorKind::kContentType, "content_type"},
    {ErrorKind::kLimit, "limit"},
    {ErrorKind::kNofollow, "nofollow"},
    {ErrorKind::kExcluded, "excluded"},
    {ErrorKind::kArchive, "archive"},
    {ErrorKind::kInternal, "internal"},
};

TEST(ErrorKind, WordsOfTheOutputFormat) {
  for (const auto& [kind, word] : kWords) EXPECT_EQ(to_string(kind), word);
}

TEST(ErrorKind, EachHasItsOwnWord) {
  std::set<std::string_view> words;
  // All of them: kInternal is the last.
  for (int i = 0; i <= static_cast<int>(ErrorKind::kInternal); ++i) {
    const std::string_view word = to_string(static_cast<ErrorKind>(i));
    EXPECT_TRUE(words.insert(word).second) << word;
    EXPECT_EQ(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"),
              std::string_view::npos);
  }
  EXPECT_EQ(words.size(), kWords.size());
}

}  // namespace
}  // namespace crawl
