#ifndef CRAWL_FETCH_HTTP_CONTENT_DECODER_H_
#define CRAWL_FETCH_HTTP_CONTENT_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/error.h"

namespace crawl {

// A content coding that is understood (RFC 9110 section 8.4.1, RFC 8878).
enum class ContentCoding : std::uint8_t { kGzip, kDeflate, kBrotli, kZstd };

// Those that a Content-Encoding or Transfer-Encoding value names, the outermost
// first; an error if they are more than a decoder undoes.
//
// A name that nobody knows ("none", "utf-8", a charset) is passed over, as
// "identity" is: so of "none" the body is left as it is (the Fetch standard's
// "handle content codings"), and of "gzip, none" gzip is undone. "chunked" is
// taken to be undone already.
Result<std::vector<ContentCoding>> read_codings(std::string_view value);

// Undoes a response's content codings as its bytes come in: gzip, deflate (with
// zlib's wrapper, or bare as some servers send it), br and zstd, or two of them
// one on top of the other. What follows the end of the coded bytes is left out.
//
// Holds one piece of output and what the codings refer back to: 32 KiB, up to
// 16 MiB of output for br (RFC 7932 section 9.1), up to 8 MiB for zstd (RFC
// 9659; what asks for more is broken). One thread.
class ContentDecoder {
 public:
  // Takes decoded bytes, in small pieces; false to stop.
  using Sink = std::function<bool(std::string_view)>;

  enum class Outcome : std::uint8_t { kGood, kStopped, kBroken };

  // For a header field's value, see read_codings(); null if there is nothing to
  // undo.
  static Result<std::unique_ptr<ContentDecoder>> create(std::string_view value);
  // For what read_codings() gave, if that is not empty.
  explicit ContentDecoder(const std::vector<ContentCoding>& codings);

  // Decodes what came next. After anything but kGood it must not be called
  // again. Of broken bytes the sink has got what could be read.
  Outcome decode(std::string_view data, const Sink& sink);

  // What was wrong, once decode() or finish() has said kBroken.
  const std::string& fault() const { return fault_; }

  // No more bytes come: kGood if that is where they may end, which it is before
  // the first too, else kBroken. After decode() has said kGood.
  Outcome finish();

  // One coding.
  class Stage {
   public:
    virtual ~Stage() = default;
    virtual Outcome decode(std::string_view data, const Sink& sink) = 0;
    virtual bool complete() const = 0;
  };

 private:
  Outcome decode_twice(std::string_view data, const Sink& sink);

  Outcome decode_stages(std::string_view data, const Sink& sink);

  const std::vector<ContentCoding> codings_;
  std::string fault_;
  std::vector<std::unique_ptr<Stage>> stages_;  // the outermost coding first
  std::uint64_t taken_ = 0;                     // bytes that came in
  std::uint64_t between_ = 0;  // bytes from the first stage to the second
};

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_CONTENT_DECODER_H_
