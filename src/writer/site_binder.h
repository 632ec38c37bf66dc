#ifndef CRAWL_WRITER_SITE_BINDER_H_
#define CRAWL_WRITER_SITE_BINDER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/sqlite.h"
#include "crawl/base/extraction.h"
#include "crawl/base/link_list.h"
#include "crawl/base/redirect_hop.h"
#include "writer/clean_text.h"
#include "writer/json_encoder.h"

namespace crawl {

// Binds the values of a record to the parameters of a statement, from one on.
// What is bound stays until begin(). A sink for visit_field().
class Binder {
 public:
  explicit Binder(Statement& statement) : statement_(statement) {}

  void begin() {
    at_ = 0;
    // What one huge record needed is given back before the next.
    if (text_.capacity() > std::size_t{1} << 20U) text_ = {};
    text_.clear();
    spans_.clear();
  }
  // Only now: text_ may move while it grows.
  void bind_texts() {
    for (const auto& [at, begin, size] : spans_) {
      statement_.bind(at, std::string_view(text_).substr(begin, size));
    }
  }

  void null() { statement_.bind_null(++at_); }
  void boolean(bool value) { number(std::int64_t{value}); }
  void number(std::int64_t value) { statement_.bind(++at_, value); }
  void number(std::uint64_t value) { number(static_cast<std::int64_t>(value)); }
  void bytes(std::uint64_t value) { number(value); }
  void seconds(double value) { statement_.bind(++at_, value); }
  void time(std::chrono::system_clock::time_point value) {
    keep([&] { append_timestamp(value, text_); });
  }
  void text(std::string_view value) {
    keep([&] { append_clean(value, text_); });
  }
  // Tables of their own.
  void redirects(const std::vector<RedirectHop>&) { null(); }
  void links(const LinkList&) { null(); }
  void headers(const std::vector<std::pair<std::string, std::string>>&) {
    null();
  }
  void extraction(const Extraction& value) {
    json([&] { json_.extraction(value); });
  }
  void headings(const std::vector<PageFacts::Heading>& value) {
    json([&] { json_.headings(value); });
  }
  void meta(const std::vector<PageFacts::Meta>& value) {
    json([&] { json_.meta(value); });
  }
  void alternates(const std::vector<PageFacts::Alternate>& value) {
    json([&] { json_.alternates(value); });
  }
  void names(const std::vector<std::string_view>& value) {
    json([&] { json_.names(value); });
  }
  void json_texts(const std::vector<std::string>& value) {
    json([&] { json_.json_texts(value); });
  }

 private:
  template <class Append>
  void keep(Append append) {
    const std::size_t begin = text_.size();
    append();
    spans_.push_back({++at_, begin, text_.size() - begin});
  }
  template <class Encode>
  void json(Encode encode) {
    json_.reset();
    encode();
    keep([&] { append_clean_json(json_.str(), text_); });
  }

  struct Span {
    int at;
    std::size_t begin, size;
  };
  Statement& statement_;
  int at_ = 0;
  std::string text_;
  std::vector<Span> spans_;
  JsonEncoder json_;
};

}  // namespace crawl

#endif  // CRAWL_WRITER_SITE_BINDER_H_
