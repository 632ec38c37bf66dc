#include "extract/markdown_memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace crawl {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10;
// In front of each block, which keeps its alignment: its size.
constexpr std::size_t kHeader = alignof(std::max_align_t);

thread_local MarkdownMemory* current = nullptr;

}  // namespace

MarkdownMemory::MarkdownMemory() { current = this; }
MarkdownMemory::~MarkdownMemory() { current = nullptr; }

cmark_mem* MarkdownMemory::get() {
  static cmark_mem kMemory = {allocate, reallocate, [](void*) {}};
  return &kMemory;
}

// The first chunk is kept.
void MarkdownMemory::reset() {
  if (chunks_.size() > 1) chunks_.clear();
  next_ = chunks_.empty() ? nullptr : chunks_[0].get();
  left_ = chunks_.empty() ? 0 : kChunk;
}

// cmark has no way to be told that there is no memory.
void* MarkdownMemory::take(std::size_t size) {
  size = (size + kHeader - 1) / kHeader * kHeader + kHeader;
  if (size > left_) {
    const std::size_t chunk = std::max(size, kChunk);
    std::unique_ptr<std::byte[]> memory(new (std::nothrow) std::byte[chunk]);
    if (memory == nullptr) std::abort();
    next_ = memory.get();
    left_ = chunk;
    chunks_.push_back(std::move(memory));
  }
  std::byte* const block = next_ + kHeader;
  const std::size_t room = size - kHeader;
  std::memcpy(next_, &room, sizeof(room));
  next_ += size;
  left_ -= size;
  return block;
}

void* MarkdownMemory::allocate(std::size_t count, std::size_t size) {
  void* const block = current->take(count * size);
  std::memset(block, 0, count * size);
  return block;
}

void* MarkdownMemory::reallocate(void* block, std::size_t size) {
  if (block == nullptr) return current->take(size);
  std::size_t room = 0;
  std::memcpy(&room, static_cast<std::byte*>(block) - kHeader, sizeof(room));
  if (room >= size) return block;
  void* const larger = current->take(size);
  std::memcpy(larger, block, room);
  return larger;
}

}  // namespace crawl
