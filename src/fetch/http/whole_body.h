#ifndef CRAWL_FETCH_HTTP_WHOLE_BODY_H_
#define CRAWL_FETCH_HTTP_WHOLE_BODY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/http/content_decoder.h"

struct libdeflate_decompressor;

namespace crawl {

// Undoes the content codings of bodies that have come whole: what
// ContentDecoder makes of them, sooner where gzip or deflate make no more than
// kMaxAtOnce of a body, which nearly all pages are. Keeps one buffer of that
// size. One thread.
class WholeBodyDecoder {
 public:
  static constexpr std::size_t kMaxAtOnce = 2 << 20;

  struct Decoded {
    // kStopped if there was more than was asked for. kBroken: `body` is what
    // could be read; nothing if the codings are too many to undo.
    ContentDecoder::Outcome outcome = ContentDecoder::Outcome::kGood;
    std::string_view body;  // until the next call; may be `coded` itself
    bool cut = false;       // as kStopped
    std::string fault{};    // of kBroken, in words for the user
  };

  WholeBodyDecoder();
  ~WholeBodyDecoder();
  WholeBodyDecoder(const WholeBodyDecoder&) = delete;
  WholeBodyDecoder& operator=(const WholeBodyDecoder&) = delete;

  // At most `max_body` bytes; 0 for as many as there are. `codings` is a header
  // field's value, see read_codings().
  Decoded decode(std::string_view codings, std::string_view coded,
                 std::uint64_t max_body);

 private:
  std::optional<std::string_view> decode_at_once(ContentCoding coding,
                                                 std::string_view coded,
                                                 std::size_t limit);
  Decoded decode_as_stream(const std::vector<ContentCoding>& codings,
                           std::string_view coded, std::uint64_t max_body);
  void make_room(std::size_t size, std::size_t used);

  std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)>
      inflater_;
  std::unique_ptr<char[]> room_;
  std::size_t room_size_ = 0;
  std::string streamed_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_WHOLE_BODY_H_
