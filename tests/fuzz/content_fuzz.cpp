// Whatever bytes a body is: undone at once and in pieces it is the same, no
// more of it comes than was asked for, and what follows a good end is left out.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fetch/http/content_decoder.h"
#include "fetch/http/whole_body.h"
#include "support/exact_buffer.h"

namespace crawl::testing {
namespace {

using Outcome = ContentDecoder::Outcome;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "content_fuzz: %s\n", what);
  std::abort();
}

struct Decoded {
  Outcome outcome = Outcome::kGood;
  std::string body;
};

Decoded in_pieces(ContentDecoder& decoder, std::string_view coded,
                  std::size_t max_body, std::size_t step) {
  Decoded decoded;
  while (!coded.empty() && decoded.outcome == Outcome::kGood) {
    const ExactBuffer part(coded.substr(0, step));
    coded.remove_prefix(part.size());
    // Steps of every size, in an order that the first gives.
    step = step * 5 % 251 + 1;
    decoded.outcome = decoder.decode(part, [&](std::string_view piece) {
      decoded.body += piece;
      if (decoded.body.size() <= max_body) return true;
      decoded.body.resize(max_body);
      return false;
    });
  }
  if (decoded.outcome == Outcome::kGood) decoded.outcome = decoder.finish();
  return decoded;
}

bool one_begins_the_other(std::string_view a, std::string_view b) {
  return a.starts_with(b) || b.starts_with(a);
}

void compare(std::string_view codings, std::string_view coded,
             std::size_t max_body, std::size_t step) {
  static WholeBodyDecoder whole;
  const ExactBuffer bytes(coded);
  const auto once = whole.decode(codings, bytes, max_body);
  require(once.body.size() <= max_body, "more than was asked for");
  require(once.cut == (once.outcome == Outcome::kStopped), "cut or not");

  const auto list = read_codings(codings);
  if (!list) {
    require(once.outcome == Outcome::kBroken && once.body.empty(), "too many");
    return;
  }
  if (list->empty()) {
    require(once.body == coded.substr(0, max_body), "nothing to undo");
    return;
  }
  ContentDecoder decoder(*list);
  const Decoded parts = in_pieces(decoder, coded, max_body, step);
  const auto either = [&](Outcome outcome) {
    return once.outcome == outcome || parts.outcome == outcome;
  };
  // Of codes that no compressor makes, libdeflate takes some that zlib does
  // not: unused ones, and ones that are not complete.
  const bool odd = list->size() == 1 && once.outcome == Outcome::kGood &&
                   parts.outcome == Outcome::kBroken;
  // How much of broken bytes can be read depends on the pieces for brotli, and
  // where two codings lie on top of each other.
  const bool exact =
      list->size() == 1 && list->front() != ContentCoding::kBrotli;
  if (odd || (!exact && either(Outcome::kBroken))) {
    require(odd || !either(Outcome::kGood), "good and broken");
    require(one_begins_the_other(once.body, parts.body), "another beginning");
    return;
  }
  require(once.outcome == parts.outcome, "another outcome");
  require(once.body == parts.body, "another body");
}

}  // namespace
}  // namespace crawl::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 3) return 0;
  constexpr const char* kCodings[] = {
      "gzip",     "deflate",    "br",         "zstd",        "gzip, gzip",
      "br, gzip", "gzip, none", "zstd, zstd", "deflate, br", "none"};
  const std::size_t step = data[0] + 1u;
  // 1 byte to 16 MiB, most of the limits small.
  const std::size_t max_body = std::size_t{1} << data[1] % 25;
  crawl::testing::compare(kCodings[data[2] % std::size(kCodings)],
                          {reinterpret_cast<const char*>(data) + 3, size - 3},
                          max_body, step);
  return 0;
}
