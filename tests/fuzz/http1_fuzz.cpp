// Whatever a server sends: read at once or in pieces, it is the same response,
// no body byte is made up, and content decoders neither crash nor run away.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crawl/parse/content_type.h"
#include "fetch/http/content_decoder.h"
#include "fetch/http/header_links.h"
#include "fetch/http/read_response.h"

namespace crawl::testing {
namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "http1_fuzz: %s\n", what);
  std::abort();
}

void read_in_pieces(std::string_view bytes, std::size_t cut, std::size_t step) {
  constexpr std::size_t kMaxHead = 2'000;
  ReadResponse whole =
      read_response(bytes, bytes.size(), bytes.size() + 1, kMaxHead);
  ReadResponse parts = read_response(bytes, cut, step, kMaxHead);
  require(whole.body.size() + whole.rest.size() <= bytes.size(),
          "more body than bytes");
  require(bytes.ends_with(whole.rest), "the rest is not the rest");
  // How much is left over of a broken response depends on the pieces, and so
  // does whether a line that is too long is there whole.
  using State = Http1Reader::State;
  parts.wholes = whole.wholes;
  if (whole.state == State::kMalformed || whole.state == State::kStopped) {
    require(parts.state == State::kMalformed || parts.state == State::kStopped,
            "broken at once, but not in pieces");
    return;
  }
  require(parts == whole, "the pieces matter");
}

void decode(std::string_view codings, std::string_view bytes,
            std::size_t step) {
  auto decoder = ContentDecoder::create(codings);
  if (!decoder || !*decoder) return;
  std::size_t made = 0;
  auto outcome = ContentDecoder::Outcome::kGood;
  while (!bytes.empty() && outcome == ContentDecoder::Outcome::kGood) {
    const ExactBuffer piece(bytes.substr(0, step));
    bytes.remove_prefix(piece.size());
    outcome = (*decoder)->decode(piece, [&made](std::string_view text) {
      made += text.size();
      return made < 1u << 20;
    });
  }
  require(made < 2u << 20, "a stopped decoder went on");
}

// What values mean that a crawler reads further than to their end.
void read_values(std::string_view bytes) {
  const ExactBuffer field(bytes);
  if (const auto target = link_target(field, "canonical")) {
    require(bytes.find(*target) != bytes.npos, "a link to elsewhere");
  }
  static const Url kBase = *Url::parse("http://a.test/b?c");
  // U+FFFD comes from nowhere but the field: as itself, percent-encoded, or
  // with a blank in it that a URL drops.
  if (const auto url = resolve_header_url(kBase, field)) {
    require(url->href().find("%EF%BF%BD") == std::string_view::npos ||
                bytes.find("\xef\xbf\xbd") != bytes.npos ||
                bytes.find_first_of("%\t\r\n") != bytes.npos,
            "a byte was replaced");
  }
  const std::string type = content_type_that_counts(field);
  require(content_type_that_counts(type) == type, "two types count");
}

}  // namespace
}  // namespace crawl::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 2) return 0;
  const std::size_t cut = data[size - 1];
  const std::size_t step = data[size - 2] % 64 + 1;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size - 2);
  crawl::testing::read_in_pieces(bytes, cut, step);
  crawl::testing::read_values(bytes);
  const auto line = std::min(bytes.find('\n'), bytes.size());
  crawl::testing::decode(bytes.substr(0, line),
                         bytes.substr(std::min(line + 1, bytes.size())), step);
  return 0;
}
