#ifndef CRAWL_ARCHIVE_UNPACKER_H_
#define CRAWL_ARCHIVE_UNPACKER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "archive/byte_source.h"

struct libdeflate_decompressor;

namespace crawl {

// What an archive of zstd frames begins with, if the first holds the dictionary
// of the others (iipc.github.io/warc-specifications/specifications/warc-zstd/).
inline constexpr std::string_view kZstdDictionary = "\x5d\x2a\x4d\x18";

// The bytes of an archive, unpacked: gzip, whose members may be many, or one;
// zstd, whose first frame may be the dictionary of the others; or plain.
//
// What is damaged is told of, and it goes on with the next gzip member, or zstd
// frame, that begins with a record. Memory is bounded whatever the bytes are,
// and the work by their number. One thread.
class Unpacker {
 public:
  // Where a member or a frame begins: in the unpacked bytes and in the file.
  struct Mark {
    std::uint64_t at = 0;
    std::uint64_t offset = 0;
  };
  // What is packed is no member or frame, or is one whose bytes are wrong or
  // missing: where in the file it begins, and where the unpacked bytes go on
  // behind it.
  static constexpr std::string_view kDamaged = "what is packed is damaged";
  struct Damage {
    std::uint64_t at = 0;
    std::uint64_t offset = 0;
  };

  // Whether bytes that begin so are gzip or zstd.
  static bool looks_packed(std::string_view begin) {
    return format_of(begin) != Format::kPlain;
  }

  // What an Unpacker reads a member or frame of `file` from that begins at
  // `offset`: if the file begins with a dictionary, with that before it.
  static Result<std::unique_ptr<ByteSource>> open_at(const std::string& file,
                                                     std::uint64_t offset);

  explicit Unpacker(std::unique_ptr<ByteSource> source);
  ~Unpacker();
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  // Appends what comes next to `out`; false at the end.
  bool more(std::string& out);

  // Those not taken off yet, in order.
  std::deque<Mark>& marks() { return marks_; }
  std::deque<Damage>& damages() { return damages_; }
  bool is_packed() const { return format_ != Format::kPlain; }
  // At the end: why the bytes end where they should not; "" if they do not.
  const std::string& fault() const { return fault_; }

 private:
  enum class Format : std::uint8_t { kUnknown, kPlain, kGzip, kZstd };
  struct Zlib;
  struct Zstd;

  std::string_view input() const {
    return std::string_view(input_).substr(begin_);
  }
  bool fill(std::size_t size);
  void drop(std::size_t size);
  void pass(std::size_t size);
  static Format format_of(std::string_view begin);
  void mark();
  void tell_damage();
  bool plain(std::string& out);
  bool gzip(std::string& out);
  bool whole_member(std::string& out);
  bool part_of_member(std::string& out);
  void go_back_in_damaged();
  bool next_member();
  bool zstd(std::string& out);
  bool next_frame();
  bool take_dictionary();
  bool ends(std::string_view fault);

  const std::unique_ptr<ByteSource> source_;
  Format format_ = Format::kUnknown;
  std::unique_ptr<char[]> read_;  // what the source gave last
  std::string input_;             // packed bytes, from begin_ on
  std::size_t begin_ = 0;
  std::uint64_t offset_ = 0;  // of input_[begin_] in the file
  std::uint64_t made_ = 0;    // bytes unpacked so far
  bool no_more_input_ = false;
  // Of the packed bytes before begin_, those of the member or frame that is
  // read in parts that are still there: another may turn out to begin among
  // them.
  std::size_t passed_ = 0;
  std::uint64_t member_ = 0;             // its offset
  std::uint64_t read_again_ = 0;         // bytes, so far
  std::optional<std::uint64_t> damage_;  // its offset, until it is told
  bool over_ = false;
  std::string fault_;
  std::deque<Mark> marks_;
  std::deque<Damage> damages_;

  struct FreeInflater {
    void operator()(libdeflate_decompressor* inflater) const;
  };
  std::unique_ptr<libdeflate_decompressor, FreeInflater> inflater_;
  std::unique_ptr<char[]> room_;  // where a whole member is unpacked
  std::unique_ptr<Zlib> zlib_;    // during a member that is read in parts
  std::unique_ptr<Zstd> zstd_;
};

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_UNPACKER_H_
