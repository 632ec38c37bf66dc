#ifndef CRAWL_TESTS_SUPPORT_EXACT_BUFFER_H_
#define CRAWL_TESTS_SUPPORT_EXACT_BUFFER_H_

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>

namespace crawl::testing {

// A copy of bytes in a heap block of just their size, with no terminator: a
// parser that reads one byte too many is caught by AddressSanitizer.
class ExactBuffer {
 public:
  explicit ExactBuffer(std::string_view bytes)
      : data_(static_cast<char*>(std::malloc(bytes.size()))),
        size_(bytes.size()) {
    if (size_ == 0) return;
    if (!data_) throw std::bad_alloc();
    std::memcpy(data_.get(), bytes.data(), size_);
  }

  std::string_view view() const { return {data_.get(), size_}; }
  operator std::string_view() const { return view(); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(char* data) const { std::free(data); }
  };
  std::unique_ptr<char, Free> data_;
  std::size_t size_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_EXACT_BUFFER_H_
