#ifndef CRAWL_PARSE_HTML_GUMBO_TREE_H_
#define CRAWL_PARSE_HTML_GUMBO_TREE_H_

#include <gumbo.h>

#include <csetjmp>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace crawl {

// A gumbo parse tree in memory of its own, given back all at once: gumbo's own
// way of freeing a tree recurses, and overflows the stack on deep nesting
// (google/gumbo-parser #387).
//
// One thread at a time. `html` must outlive it: nodes point into it.
class GumboTree {
 public:
  // root() is null if parsing took more memory (bytes) or processor time than
  // this.
  GumboTree(std::string_view html, std::size_t max_memory, double max_seconds);
  GumboTree(const GumboTree&) = delete;
  GumboTree& operator=(const GumboTree&) = delete;

  const GumboNode* root() const { return root_; }

 private:
  static void* allocate(void* self, std::size_t size);
  static void deallocate(void* self, void* block);
  void* allocate(std::size_t size);
  const GumboNode* parse(std::string_view html);

  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
  std::byte* last_ = nullptr;
  std::size_t chunk_size_;
  std::size_t memory_left_;
  double deadline_;  // of this thread's processor clock, in seconds
  unsigned until_clock_ = 0;
  std::jmp_buf give_up_;
  const GumboNode* root_ = nullptr;
};

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_GUMBO_TREE_H_
