#include "support/heap_meter.h"

#include <cstdlib>
#include <new>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CRAWL_SANITIZER_OWNS_NEW 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CRAWL_SANITIZER_OWNS_NEW 1
#endif

#ifdef CRAWL_SANITIZER_OWNS_NEW
#include <sanitizer/allocator_interface.h>
#endif

namespace {

std::size_t held = 0;
std::size_t peak = 0;
std::size_t allocations = 0;

void add(std::size_t size) {
  ++allocations;
  held += size;
  if (held > peak) peak = held;
}

}  // namespace

namespace crawl::testing {

std::size_t heap_held() { return held; }
std::size_t heap_peak() { return peak; }
void reset_heap_peak() { peak = held; }
std::size_t heap_allocations() { return allocations; }

}  // namespace crawl::testing

#ifdef CRAWL_SANITIZER_OWNS_NEW

// The names the sanitizers' runtimes call.
extern "C" void __sanitizer_malloc_hook(const volatile void* block,
                                        std::size_t size) {
  if (block != nullptr) add(size);
}
extern "C" void __sanitizer_free_hook(const volatile void* block) {
  held -= __sanitizer_get_allocated_size(const_cast<const void*>(block));
}

#else

namespace {
constexpr std::size_t kHeader = alignof(std::max_align_t);
}

void* operator new(std::size_t size) {
  void* const block = std::malloc(size + kHeader);
  if (block == nullptr) throw std::bad_alloc();
  *static_cast<std::size_t*>(block) = size;
  add(size);
  return static_cast<char*>(block) + kHeader;
}
void operator delete(void* block) noexcept {
  if (block == nullptr) return;
  block = static_cast<char*>(block) - kHeader;
  held -= *static_cast<std::size_t*>(block);
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
  operator delete(block);
}

#endif
