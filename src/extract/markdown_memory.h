#ifndef CRAWL_EXTRACT_MARKDOWN_MEMORY_H_
#define CRAWL_EXTRACT_MARKDOWN_MEMORY_H_

#include <cmark-gfm.h>

#include <cstddef>
#include <memory>
#include <vector>

namespace crawl {

// What cmark's nodes and its rendering live in on the thread that made it:
// given back all at once. cmark (0.29.0.gfm.6) loses a few bytes of every cell
// that is not made by its parser, and frees its nodes one by one.
//
// One at a time on a thread, and nothing made in it is used any longer than it
// lives, or after reset().
class MarkdownMemory {
 public:
  MarkdownMemory();
  ~MarkdownMemory();
  MarkdownMemory(const MarkdownMemory&) = delete;
  MarkdownMemory& operator=(const MarkdownMemory&) = delete;

  // For cmark, on this thread.
  static cmark_mem* get();
  static cmark_node* node(cmark_node_type type) {
    return cmark_node_new_with_mem(type, get());
  }

  void reset();

 private:
  static void* allocate(std::size_t count, std::size_t size);
  static void* reallocate(void* block, std::size_t size);
  void* take(std::size_t size);
  bool grow(void* block, std::size_t room, std::size_t size);

  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
  bool first_is_usual_ = true;  // the first chunk's size
};

}  // namespace crawl

#endif  // CRAWL_EXTRACT_MARKDOWN_MEMORY_H_
