#ifndef CRAWL_ARCHIVE_UNPACKER_H_
#define CRAWL_ARCHIVE_UNPACKER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "archive/byte_source.h"

struct libdeflate_decompressor;

namespace crawl {

// The bytes of an archive, unpacked: gzip, whose members may be many, or one;
// zstd, whose first frame may be the dictionary of the others; or plain.
//
// What is damaged is left out: it goes on with the next gzip member, or zstd
// frame, that begins with a record. Memory is bounded whatever the bytes are.
// One thread.
class Unpacker {
 public:
  // Where a member or a frame begins: in the unpacked bytes and in the file.
  struct Mark {
    std::uint64_t at = 0;
    std::uint64_t offset = 0;
    bool behind_damage = false;  // bytes before it are missing
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
  bool is_packed() const { return format_ != Format::kPlain; }
  // At the end: the bytes end where they should not, or could not be read.
  bool broken() const { return !fault_.empty(); }
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
  static Format format_of(std::string_view begin);
  void mark();
  bool plain(std::string& out);
  bool gzip(std::string& out);
  bool whole_member(std::string& out);
  bool part_of_member(std::string& out);
  bool next_member();
  bool zstd(std::string& out);
  bool next_frame();
  bool take_dictionary();
  bool ends(std::string_view fault);

  const std::unique_ptr<ByteSource> source_;
  Format format_ = Format::kUnknown;
  std::string input_;  // packed bytes, from begin_ on
  std::size_t begin_ = 0;
  std::uint64_t offset_ = 0;  // of input_[begin_] in the file
  std::uint64_t made_ = 0;    // bytes unpacked so far
  bool no_more_input_ = false;
  bool damaged_ = false;  // since the last mark
  bool over_ = false;
  std::string fault_;
  std::deque<Mark> marks_;

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
