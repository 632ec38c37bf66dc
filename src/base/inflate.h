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

// Undoes gzip (RFC 1952; several members may be one after the other) or deflate
// (RFC 1950, or bare RFC 1951 as some servers send it), as the bytes come in.
// What follows the end is ignored. One thread; does not move.
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
  // Whether what has come so far is complete.
  bool at_end() const { return at_end_; }

 private:
  void open(std::string_view first);
  bool next_member(std::string_view rest);
  Outcome inflate_some(std::string_view data, const Sink& sink);

  const Format format_;
  bool open_ = false;
  bool at_end_ = false;  // of a member
  bool ignore_rest_ = false;
  std::string first_;  // the first byte, of all or of what follows a member
  z_stream stream_{};
};

}  // namespace crawl

#endif  // CRAWL_BASE_INFLATE_H_
