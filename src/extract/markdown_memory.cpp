#include "extract/markdown_memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace crawl {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;
// In front of each block, which keeps its alignment: its size.
constexpr std::size_t kHeader = alignof(std::max_align_t);

thread_local MarkdownMemory* current = nullptr;
// The first chunk of the last one that lived on this thread: enough for most
// pages, and new memory is slow to touch.
thread_local std::unique_ptr<std::byte[]> spare;

}  // namespace

MarkdownMemory::MarkdownMemory() {
  current = this;
  if (spare != nullptr) {
    chunks_.push_back(std::move(spare));
    reset();
  }
}

MarkdownMemory::~MarkdownMemory() {
  current = nullptr;
  reset();
  if (!chunks_.empty()) spare = std::move(chunks_[0]);
}

cmark_mem* MarkdownMemory::get() {
  static cmark_mem kMemory = {allocate, reallocate, [](void*) {}};
  return &kMemory;
}

// The first chunk is kept, if it is of the usual size.
void MarkdownMemory::reset() {
  if (!first_is_usual_) chunks_.clear();
  if (chunks_.size() > 1) chunks_.resize(1);
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
    if (chunks_.empty()) first_is_usual_ = chunk == kChunk;
    chunks_.push_back(std::move(memory));
  }
  std::byte* const block = next_ + kHeader;
  const std::size_t room = size - kHeader;
  std::memcpy(next_, &room, sizeof(room));
  next_ += size;
  left_ -= size;
  return block;
}

// In its place, if nothing was taken after it.
bool MarkdownMemory::grow(void* block, std::size_t room, std::size_t size) {
  if (static_cast<std::byte*>(block) + room != next_) return false;
  size = (size + kHeader - 1) / kHeader * kHeader;
  const std::size_t more = size - room;
  if (more > left_) return false;
  std::memcpy(static_cast<std::byte*>(block) - kHeader, &size, sizeof(size));
  next_ += more;
  left_ -= more;
  return true;
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
  if (current->grow(block, room, size)) return block;
  void* const larger = current->take(size);
  std::memcpy(larger, block, room);
  return larger;
}

}  // namespace crawl
