// Whatever bytes an archive has: reading ends, says the same however the bytes
// come in, keeps no more of a record than its limit, and its pages are read.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "archive/archive_reader.h"
#include "archive/warc_record.h"
#include "crawl/archive/warc_input.h"
#include "fetch/replay.h"
#include "support/drops.h"

namespace crawl {
namespace {

constexpr std::size_t kMaxBlock = 64 * 1024;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "archive_fuzz: %s\n", what);
  std::abort();
}

std::vector<ArchivedRecord> read(std::unique_ptr<ByteSource> source,
                                 std::size_t size) {
  ArchiveReader archive(std::move(source), kMaxBlock);
  std::vector<ArchivedRecord> all;
  while (auto record = archive.next()) {
    require(record->block.size() <= kMaxBlock, "a block is too long");
    all.push_back(*std::move(record));
    // Members that unpack to much have more records than bytes.
    require(all.size() <= 2'000 * (size + 1), "reading does not end");
  }
  return all;
}

}  // namespace
}  // namespace crawl

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace crawl;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  looks_like_archive(bytes);
  const auto whole = read(bytes_of(bytes), size);
  const auto drops = read(std::make_unique<testing::Drops>(bytes), size);
  require(whole.size() == drops.size(), "records go by how bytes come");
  static const FetchOptions options = [] {
    FetchOptions made;
    made.max_body = kMaxBlock;
    made.keep_body = made.keep_headers = true;
    return made;
  }();
  Replay replay(options);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const ArchivedRecord& a = whole[i];
    const ArchivedRecord& b = drops[i];
    require(a.kind == b.kind && a.offset == b.offset && a.url == b.url &&
                a.block == b.block && a.cut == b.cut && a.fault == b.fault,
            "a record goes by how bytes come");
    parse_warc_date(a.date);
    const auto url = Url::parse(a.url);
    if (!url || i > 20) continue;
    const FetchResult result = replay.message(*url, a.block);
    require(result.body.size() <= kMaxBlock, "a body is too long");
    replay.bare(*url, a.content_type, a.block);
  }
  return 0;
}
