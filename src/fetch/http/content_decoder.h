#ifndef CRAWL_FETCH_HTTP_CONTENT_DECODER_H_
#define CRAWL_FETCH_HTTP_CONTENT_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "crawl/base/error.h"

namespace crawl {

// Undoes a response's content codings (RFC 9110 section 8.4.1) as its bytes
// come in: gzip, deflate (with zlib's wrapper, or bare as some servers send it)
// and br, or two of them one on top of the other.
//
// Holds one piece of output and what the codings refer back to: 32 KiB, or up
// to 16 MiB of output for br (RFC 7932 section 9.1). One thread.
class ContentDecoder {
 public:
  // Takes decoded bytes; false to stop.
  using Sink = std::function<bool(std::string_view)>;

  enum class Outcome : std::uint8_t { kGood, kStopped, kBroken };

  // For a Content-Encoding or Transfer-Encoding value; null if it names no
  // coding that changes the bytes, an error if one is not known or there are
  // too many. "chunked" is taken to be undone already.
  static Result<std::unique_ptr<ContentDecoder>> create(
      std::string_view codings);

  // Decodes what came next. After anything but kGood it must not be called
  // again.
  Outcome decode(std::string_view data, const Sink& sink);

  // One coding.
  class Stage {
   public:
    virtual ~Stage() = default;
    virtual Outcome decode(std::string_view data, const Sink& sink) = 0;
  };

 private:
  ContentDecoder() = default;

  std::vector<std::unique_ptr<Stage>> stages_;  // the outermost coding first
  std::uint64_t taken_ = 0;                     // bytes that came in
  std::uint64_t between_ = 0;  // bytes from the first stage to the second
};

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_CONTENT_DECODER_H_
