#include "crawl/archive/warc_input.h"

#include <algorithm>
#include <string>

#include "archive/block_end.h"
#include "archive/unpacker.h"
#include "base/gzip_member.h"
#include "base/zstd_frame.h"

namespace crawl {
namespace {

// Unpacked bytes that are looked at.
constexpr std::size_t kEnough = 64;
// So many packed bytes of text make some that are text.
constexpr std::size_t kNoText = std::size_t{32} << 10U;

}  // namespace

bool looks_like_archive(std::string_view first) {
  return tell_archive(first).value_or(false);
}

std::optional<bool> tell_archive(std::string_view first) {
  for (const std::string_view packed :
       {kGzipMember, kZstdFrame, kZstdDictionary}) {
    if (first.size() < packed.size() && packed.starts_with(first)) {
      return std::nullopt;
    }
  }
  std::string bytes;
  // Most inputs are lists: nothing is set up to unpack those.
  if (Unpacker::looks_packed(first)) {
    Unpacker unpacker(bytes_of(first));
    while (bytes.size() < kEnough && unpacker.more(bytes)) {
    }
    // A frame may begin with a block of 128 KiB that does not get any smaller,
    // or a dictionary: nothing that is text. No list begins with the latter,
    // whatever is wrong with the rest.
    if (bytes.empty() && is_zstd(first) &&
        (first.size() >= kNoText || first.starts_with(kZstdDictionary))) {
      return true;
    }
    first = bytes;
  }
  // Some begin with the line ends that should come behind a record.
  first.remove_prefix(std::min(first.find_first_not_of("\r\n"), first.size()));
  if (begins_record(first) || first.starts_with(kArcBegin)) return true;
  if (kWarcBegin.starts_with(first) || kArcBegin.starts_with(first))
    return std::nullopt;
  return false;
}

}  // namespace crawl
