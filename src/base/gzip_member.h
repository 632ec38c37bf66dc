#ifndef CRAWL_BASE_GZIP_MEMBER_H_
#define CRAWL_BASE_GZIP_MEMBER_H_

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

struct libdeflate_compressor;

namespace crawl {

// What a member begins with: deflated, the only kind there is.
inline constexpr std::string_view kGzipMember = "\x1f\x8b\x08";

// Packs bytes into gzip members (RFC 1952), each whole by itself, so that a
// file of them is cut and read at any member's beginning. Level 6. One thread.
class GzipMember {
 public:
  GzipMember();
  ~GzipMember();

  // Appends a member that holds `bytes`.
  void append(std::string_view bytes, std::string& out);
  // The same of bytes that are packed already, in pieces: they are stored as
  // they are, which takes next to no time.
  static void append_stored(std::initializer_list<std::string_view> pieces,
                            std::string& out);

 private:
  struct Free {
    void operator()(libdeflate_compressor* compressor) const;
  };
  std::unique_ptr<libdeflate_compressor, Free> compressor_;
};

}  // namespace crawl

#endif  // CRAWL_BASE_GZIP_MEMBER_H_
