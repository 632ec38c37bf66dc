#ifndef CRAWL_EXTRACT_XML_MEMORY_H_
#define CRAWL_EXTRACT_XML_MEMORY_H_

#include <array>
#include <csetjmp>
#include <cstddef>
#include <memory>
#include <vector>

namespace crawl {

// The memory libxml2 works in while run() lasts, on the thread that called it:
// given back all at once, and bounded, like the time: should the steps that are
// counted of an XPath evaluation say too little, it is stopped where it asks
// for memory.
//
// One thread at a time. What libxml2 made in it must not be used any longer
// than it lives, nor be handed to libxml2 outside of run().
class XmlMemory {
 public:
  // Bytes, and when to stop, see thread_seconds().
  XmlMemory(std::size_t max_memory, double deadline)
      : memory_left_(max_memory), deadline_(deadline) {}
  XmlMemory(const XmlMemory&) = delete;
  XmlMemory& operator=(const XmlMemory&) = delete;

  // Makes libxml2 ask here for memory. To be called before another thread uses
  // libxml2; memory that it has already stays good.
  static void install();

  // False if `work` was stopped, since it took too much. It must leave nothing
  // behind if it never returns: no destructor runs.
  bool run(void (*work)(void*), void* argument);

  // This thread's processor time.
  static double thread_seconds();

  // For libxml2.
  void* allocate(std::size_t size);
  void* reallocate(void* block, std::size_t size);
  void release(void* block);
  bool owns(const void* block) const;

 private:
  // Before each block, which keeps its alignment.
  struct alignas(std::max_align_t) Header {
    std::size_t size_class;
    Header* next_free;
  };
  struct Chunk {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size;
  };

  std::vector<Chunk> chunks_;
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;            // behind next_
  std::array<Header*, 64> free_{};  // of each size, a power of two
  std::size_t memory_left_;
  const double deadline_;
  unsigned until_clock_ = 0;
  std::jmp_buf give_up_;
};

}  // namespace crawl

#endif  // CRAWL_EXTRACT_XML_MEMORY_H_
