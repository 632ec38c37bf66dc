#ifndef CRAWL_ARCHIVE_WARC_SINK_H_
#define CRAWL_ARCHIVE_WARC_SINK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "archive/capture_index.h"
#include "archive/warc_record.h"
#include "base/gzip_member.h"
#include "base/sha1.h"
#include "crawl/archive/warc_output.h"

namespace crawl {

// Where an archive ends: in its file of this number, after so many bytes. Later
// places are larger numbers.
struct WarcPlace {
  std::uint64_t file = 0;
  std::uint64_t offset = 0;

  static constexpr unsigned kOffsetBits = 44;  // 16 TiB a file
  static WarcPlace of(std::uint64_t position) {
    return {position >> kOffsetBits,
            position & ((std::uint64_t{1} << kOffsetBits) - 1)};
  }
  std::uint64_t position() const { return file << kOffsetBits | offset; }
};

// See open_warc(). The crawl loop's thread.
class WarcSink final : public Sink {
 public:
  static Result<std::unique_ptr<WarcSink>> open(
      WarcOptions options, std::optional<std::uint64_t> position,
      OutputMode mode);

  std::string_view name() const override { return "warc"; }
  Result<void> take(const Outcome& /*outcome*/) override { return {}; }
  Result<void> keep(const KeptExchange& exchange) override;
  Result<void> flush() override;
  Result<std::uint64_t> sync() override;
  Result<void> close() override;

 private:
  explicit WarcSink(WarcOptions options);
  Result<void> open_file(OutputMode mode);
  Result<void> begin_file();
  Result<void> make_room(std::size_t size);
  Result<void> write(std::string_view record);
  std::string packed(std::string_view record);
  Result<void> note(const WarcCapture& capture, bool is_revisit,
                    std::size_t response_size);
  Result<void> begin_index(OutputMode mode);
  Result<void> write_index();
  std::string revisit(const WarcCapture& capture,
                      const CaptureIndex::Original& original);

  const WarcOptions options_;
  GzipMember packer_;
  std::string record_;  // room to work in
  Sha1 sha1_;
  const RecordIds ids_;
  std::unique_ptr<CaptureIndex> index_;
  std::unique_ptr<OutputStream> lines_;  // its lines as they come; may be null
  std::uint64_t file_ = 0;
  std::unique_ptr<OutputStream> output_;
  std::uint64_t offset_ = 0;  // in the file, what is not yet flushed included
  bool begun_ = false;        // it has its warcinfo
};

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_WARC_SINK_H_
