#ifndef CRAWL_BASE_INFLATE_H_
#define CRAWL_BASE_INFLATE_H_

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace crawl {

bool is_gzip(std::string_view bytes);

// Whether deflated bytes, of which two are here, have zlib's wrapper (RFC 1950
// section 2.2), or are bare (RFC 1951).
bool has_zlib_wrapper(std::string_view first_two);

// Undoes gzip (RFC 1952; several members may be one after the other) or deflate
// (RFC 1950, or bare RFC 1951 as some servers send it), as the bytes come in.
//
// What follows the end is ignored. Behind a gzip member that is all but another
// member's header, whole and valid. One thread; does not move.
class Inflater {
 public:
  enum class Format : std::uint8_t { kGzip, kDeflate };
  enum class Outcome : std::uint8_t {
    kGood,
    kStopped,  // the sink wanted no more
    kDamaged,
  };
  // Takes uncompressed bytes, at most kPiece of them; false to stop.
  using Sink = std::function<bool(std::string_view)>;
  static constexpr std::size_t kPiece = 16 * 1024;

  explicit Inflater(Format format) : format_(format) {}
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // What came next. After anything but kGood it must not be called again.
  Outcome inflate(std::string_view data, const Sink& sink);
  // Whether the bytes may end here: so they may before the first.
  bool complete() const;

 private:
  void open(int window_bits);
  void begin_member();
  Outcome inflate_some(std::string_view data, const Sink& sink);
  bool behind_a_member() const { return members_ && header_.done != 1; }

  const Format format_;
  bool open_ = false;
  bool members_ = false;  // a gzip member is complete
  bool ended_ = false;    // the rest is no one's
  std::string first_;     // deflate's first byte, until the second is here
  z_stream stream_{};
  gz_header header_{};  // of the member that is read
};

}  // namespace crawl

#endif  // CRAWL_BASE_INFLATE_H_
