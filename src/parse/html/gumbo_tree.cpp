#include "parse/html/gumbo_tree.h"

#include <time.h>

#include <algorithm>
#include <new>

namespace crawl {
namespace {

constexpr std::size_t kMaxChunk = std::size_t{4} << 20;
constexpr unsigned kAllocationsPerClock = 1024;

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

// A page's tree takes about twenty times its size.
GumboTree::GumboTree(std::string_view html, std::size_t max_memory,
                     double max_seconds)
    : chunk_size_(
          std::clamp<std::size_t>(html.size() * 8, 16 << 10, kMaxChunk)),
      memory_left_(max_memory),
      deadline_(thread_seconds() + max_seconds),
      root_(parse(html)) {
  if (root_ == nullptr) chunks_.clear();
}

// gumbo cannot be told that there is no memory, nor to stop: allocate() ends it
// by jumping here, over gumbo's frames only, whose memory is all ours.
const GumboNode* GumboTree::parse(std::string_view html) {
  if (setjmp(give_up_) != 0) return nullptr;
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = allocate;
  options.deallocator = deallocate;
  options.userdata = this;
  options.max_errors = 0;
  return gumbo_parse_with_options(&options, html.data(), html.size())->root;
}

void* GumboTree::allocate(void* self, std::size_t size) {
  return static_cast<GumboTree*>(self)->allocate(size);
}

void* GumboTree::allocate(std::size_t size) {
  if (++until_clock_ == kAllocationsPerClock) {
    until_clock_ = 0;
    if (thread_seconds() > deadline_) std::longjmp(give_up_, 1);
  }
  constexpr std::size_t kAlign = alignof(std::max_align_t);
  size = (std::max<std::size_t>(size, 1) + kAlign - 1) / kAlign * kAlign;
  if (size > static_cast<std::size_t>(end_ - next_)) {
    const std::size_t chunk = std::max(size, chunk_size_);
    if (chunk > memory_left_) std::longjmp(give_up_, 1);
    memory_left_ -= chunk;
    std::unique_ptr<std::byte[]> memory(new (std::nothrow) std::byte[chunk]);
    if (!memory) std::longjmp(give_up_, 1);
    next_ = memory.get();
    end_ = next_ + chunk;
    chunks_.push_back(std::move(memory));
  }
  last_ = next_;
  next_ += size;
  return last_;
}

// Most blocks are given back right after they were taken.
void GumboTree::deallocate(void* self, void* block) {
  auto* const tree = static_cast<GumboTree*>(self);
  if (block != nullptr && block == tree->last_) {
    tree->next_ = tree->last_;
    tree->last_ = nullptr;
  }
}

}  // namespace crawl
