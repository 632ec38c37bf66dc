#include "extract/xml_memory.h"

#include <libxml/globals.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <time.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <mutex>
#include <new>

namespace crawl {
namespace {

constexpr std::size_t kSmallestChunk = std::size_t{64} << 10;
constexpr std::size_t kLargestChunk = std::size_t{4} << 20;
constexpr unsigned kAllocationsPerClock = 64;

thread_local XmlMemory* current = nullptr;

// What libxml2 had before.
xmlFreeFunc plain_free = nullptr;
xmlMallocFunc plain_malloc = nullptr;
xmlReallocFunc plain_realloc = nullptr;
xmlStrdupFunc plain_strdup = nullptr;

void* allocate_hook(std::size_t size) {
  return current != nullptr ? current->allocate(size) : plain_malloc(size);
}

void free_hook(void* block) {
  if (current != nullptr && current->owns(block)) {
    current->release(block);
  } else {
    plain_free(block);
  }
}

void* reallocate_hook(void* block, std::size_t size) {
  if (current == nullptr || (block != nullptr && !current->owns(block))) {
    return plain_realloc(block, size);
  }
  return current->reallocate(block, size);
}

char* duplicate_hook(const char* text) {
  if (current == nullptr) return plain_strdup(text);
  const std::size_t size = std::strlen(text) + 1;
  return static_cast<char*>(std::memcpy(current->allocate(size), text, size));
}

}  // namespace

double XmlMemory::thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         static_cast<double>(now.tv_nsec) * 1e-9;
}

void XmlMemory::install() {
  static std::once_flag once;
  std::call_once(once, [] {
    xmlInitParser();
    xmlXPathInit();
    xmlMemGet(&plain_free, &plain_malloc, &plain_realloc, &plain_strdup);
    xmlMemSetup(free_hook, allocate_hook, reallocate_hook, duplicate_hook);
  });
}

bool XmlMemory::run(void (*work)(void*), void* argument) {
  // volatile: it is read after the jump.
  XmlMemory* volatile const before = current;
  if (setjmp(give_up_) != 0) {
    current = before;
    return false;
  }
  current = this;
  work(argument);
  current = before;
  return true;
}

void* XmlMemory::allocate(std::size_t size) {
  if (++until_clock_ == kAllocationsPerClock) {
    until_clock_ = 0;
    if (thread_seconds() > deadline_) std::longjmp(give_up_, 1);
  }
  if (size > memory_left_) std::longjmp(give_up_, 1);
  const std::size_t whole = std::bit_ceil(size + sizeof(Header));
  const auto size_class = static_cast<std::size_t>(std::countr_zero(whole));
  if (Header* const free = free_[size_class]) {
    free_[size_class] = free->next_free;
    return free + 1;
  }
  if (whole > left_) {
    const std::size_t wanted =
        chunks_.empty() ? kSmallestChunk
                        : std::min(chunks_.back().size * 2, kLargestChunk);
    const std::size_t chunk = std::max(whole, wanted);
    if (chunk > memory_left_) std::longjmp(give_up_, 1);
    std::byte* const bytes = new (std::nothrow) std::byte[chunk];
    if (bytes == nullptr) std::longjmp(give_up_, 1);
    memory_left_ -= chunk;
    chunks_.push_back({std::unique_ptr<std::byte[]>(bytes), chunk});
    next_ = bytes;
    left_ = chunk;
  }
  auto* const header = new (next_) Header{size_class, nullptr};
  next_ += whole;
  left_ -= whole;
  return header + 1;
}

void* XmlMemory::reallocate(void* block, std::size_t size) {
  if (block == nullptr) return allocate(size);
  const std::size_t room =
      (std::size_t{1} << (static_cast<Header*>(block) - 1)->size_class) -
      sizeof(Header);
  if (size <= room) return block;
  void* const larger = allocate(size);
  std::memcpy(larger, block, room);
  release(block);
  return larger;
}

void XmlMemory::release(void* block) {
  Header* const header = static_cast<Header*>(block) - 1;
  header->next_free = free_[header->size_class];
  free_[header->size_class] = header;
}

bool XmlMemory::owns(const void* block) const {
  const std::less<const void*> before;
  return std::any_of(chunks_.rbegin(), chunks_.rend(), [&](const Chunk& chunk) {
    return !before(block, chunk.bytes.get()) &&
           before(block, chunk.bytes.get() + chunk.size);
  });
}

}  // namespace crawl
