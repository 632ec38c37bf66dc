#include "frontier/shared_chunk.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>
#include <new>
#include <utility>

#include "frontier/packed.h"

namespace crawl {
namespace {

constexpr int kLevel = 9;

struct FreeCompressor {
  void operator()(libdeflate_compressor* it) const {
    libdeflate_free_compressor(it);
  }
};
struct FreeDecompressor {
  void operator()(libdeflate_decompressor* it) const {
    libdeflate_free_decompressor(it);
  }
};

// Words in MessagePack, as cmsgpack.unpack() takes them.
void append_big_endian(std::string& out, std::uint64_t value, unsigned bytes) {
  for (unsigned i = bytes; i-- > 0;) {
    out += static_cast<char>(value >> (8U * i) & 0xFFU);
  }
}

void append_text(std::string& out, std::string_view text) {
  const std::size_t size = text.size();
  if (size < 32) {
    out += static_cast<char>(0xA0U | size);
  } else if (size <= 0xFF) {
    out += '\xD9';
    append_big_endian(out, size, 1);
  } else if (size <= 0xFFFF) {
    out += '\xDA';
    append_big_endian(out, size, 2);
  } else {
    out += '\xDB';
    append_big_endian(out, size, 4);
  }
  out += text;
}

void append_number(std::string& out, std::uint64_t value) {
  out += '\xCD';
  append_big_endian(out, value, 2);
}

// Of so many words.
std::string message_of(std::size_t words, std::string_view packed) {
  std::string out = "\xDC";
  append_big_endian(out, words, 2);
  out += packed;
  return out;
}

}  // namespace

std::string pack_chunk(const std::vector<std::string_view>& entries) {
  if (entries.size() < 2) return {};
  std::string plain;
  for (const std::string_view entry : entries) pack(plain, entry);
  static thread_local const std::unique_ptr<libdeflate_compressor,
                                            FreeCompressor>
      compressor(libdeflate_alloc_compressor(kLevel));
  if (!compressor) throw std::bad_alloc();
  std::string out(plain.size(), '\0');
  out.resize(libdeflate_deflate_compress(compressor.get(), plain.data(),
                                         plain.size(), out.data(), out.size()));
  return out;  // nothing if it does not fit
}

std::optional<std::vector<std::string>> unpack_chunk(std::string_view packed,
                                                     std::size_t count) {
  if (count > kMostInChunk) return std::nullopt;
  static thread_local const std::unique_ptr<libdeflate_decompressor,
                                            FreeDecompressor>
      decompressor(libdeflate_alloc_decompressor());
  if (!decompressor) throw std::bad_alloc();
  std::string plain(kMostChunkBytes, '\0');
  std::size_t size = 0;
  if (libdeflate_deflate_decompress(decompressor.get(), packed.data(),
                                    packed.size(), plain.data(), plain.size(),
                                    &size) != LIBDEFLATE_SUCCESS) {
    return std::nullopt;
  }
  std::vector<std::string> entries;
  Unpack fields(std::string_view(plain).substr(0, size));
  while (!fields.at_end() && entries.size() < count) {
    entries.emplace_back(fields.next());
  }
  if (!fields.good() || !fields.at_end() || entries.size() != count) {
    return std::nullopt;
  }
  return entries;
}

void FoundUrls::add(const std::string& host, std::uint64_t hash,
                    std::string entry, bool alone) {
  by_host_[host].push_back({hash, std::move(entry), alone});
  ++count_;
}

std::vector<std::string> FoundUrls::take() {
  std::vector<std::string> messages;
  std::string message;
  std::size_t words = 0;
  const auto send = [&] {
    if (words > 0) messages.push_back(message_of(words, message));
    message.clear();
    words = 0;
  };
  for (const auto& [host, finds] : by_host_) {
    for (auto first = finds.begin(); first != finds.end();) {
      std::vector<std::string_view> entries{first->entry};
      std::size_t bytes = 0;
      const auto takes = [&](std::string_view entry) {
        return (bytes += entry.size() + 16) <= kMostChunkBytes;
      };
      auto last = first + 1;
      if (!first->alone && takes(first->entry)) {
        for (; last != finds.end() && entries.size() < kMostInChunk &&
               !last->alone && takes(last->entry);
             ++last) {
          entries.push_back(last->entry);
        }
      }
      append_text(message, host);
      append_text(message, pack_chunk(entries));
      append_number(message, entries.size());
      words += 3;
      for (; first != last; ++first, words += 3) {
        append_number(message, first->hash >> 48U);
        append_text(message, number_word(first->hash));
        append_text(message, first->entry);
      }
      if (words >= 3 * kMostInChunk || message.size() >= kMostChunkBytes) {
        send();
      }
    }
  }
  send();
  by_host_.clear();
  count_ = 0;
  return messages;
}

std::string bucket_of(std::uint64_t hash) {
  return std::to_string(hash >> 48U);
}

std::string number_word(std::uint64_t hash) {
  return std::to_string(static_cast<std::int64_t>(hash));
}

}  // namespace crawl
