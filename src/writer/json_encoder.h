#ifndef CRAWL_WRITER_JSON_ENCODER_H_
#define CRAWL_WRITER_JSON_ENCODER_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_library.h"
#include "crawl/base/extraction.h"
#include "crawl/base/link_list.h"
#include "crawl/base/redirect_hop.h"

namespace crawl {

// One JSON value after another into a buffer that is used again. Strings may
// hold invalid UTF-8 and come out so: str() has yet to go through one of
// clean_text.h's functions. A sink for visit_field().
class JsonEncoder {
 public:
  JsonEncoder() : writer_(buffer_) {}
  JsonEncoder(const JsonEncoder&) = delete;
  JsonEncoder& operator=(const JsonEncoder&) = delete;

  void reset();
  std::string_view str() const {
    return {buffer_.GetString(), buffer_.GetSize()};
  }

  void begin_object() { writer_.StartObject(); }
  void key(std::string_view name) { writer_.text(name); }
  void end_object() { writer_.EndObject(); }
  void begin_array() { writer_.StartArray(); }
  void end_array() { writer_.EndArray(); }

  void null() { writer_.Null(); }
  void boolean(bool value) { writer_.Bool(value); }
  void number(std::int64_t value) { writer_.Int64(value); }
  void number(std::uint64_t value) { writer_.Uint64(value); }
  void bytes(std::uint64_t value) { writer_.Uint64(value); }
  void seconds(double value);
  void time(std::chrono::system_clock::time_point value);
  void text(std::string_view value) { writer_.text(value); }
  void redirects(const std::vector<RedirectHop>& hops);
  void links(const LinkList& links);
  void headers(const std::vector<std::pair<std::string, std::string>>& headers);
  void extraction(const Extraction& extraction);
  void texts(const std::vector<std::string>& texts);
  void headings(const std::vector<PageFacts::Heading>& headings);
  void meta(const std::vector<PageFacts::Meta>& meta);
  void alternates(const std::vector<PageFacts::Alternate>& alternates);
  // An array of what is JSON already.
  void names(const std::vector<std::string_view>& names);
  void json_texts(const std::vector<std::string>& texts);

 private:
  // rapidjson's, with a short cut for strings that need no escape: most do
  // not, and a copy is ten times as fast as a walk.
  class Writer : public rapidjson::Writer<rapidjson::StringBuffer> {
   public:
    using rapidjson::Writer<rapidjson::StringBuffer>::Writer;
    void text(std::string_view value);
  };

  rapidjson::StringBuffer buffer_;
  Writer writer_;
  std::string scratch_;
};

}  // namespace crawl

#endif  // CRAWL_WRITER_JSON_ENCODER_H_
