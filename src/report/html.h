#ifndef CRAWL_REPORT_HTML_H_
#define CRAWL_REPORT_HTML_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace crawl {

// Markup that is part of the program: nothing else can become one.
class Markup {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): `html << "<p>"`
  consteval Markup(const char* text) : text_(text) {}
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// HTML in the making. There is no way into it but for literals of the program
// and for text, which is escaped: content and attributes in double quotes alike
// take it as it is. Bytes that are no UTF-8 and characters that programs obey
// become U+FFFD.
class Html {
 public:
  Html& operator<<(Markup markup) {
    out_.append(markup.text());
    return *this;
  }
  Html& text(std::string_view text);
  // At most so many columns of it, an ellipsis in the middle.
  Html& brief(std::string_view text, std::size_t columns = 90);
  Html& count(std::uint64_t number);                         // "4,424"
  Html& count(std::uint64_t number, std::string_view what);  // "1 URL"
  Html& number(std::int64_t number);                         // "4424"
  Html& seconds(double seconds);                             // "52.1 ms"
  Html& bytes(std::uint64_t bytes);                          // "36.1 KiB"
  Html& percent(double of, double all);                      // "12.5 %"
  // A coordinate or a sort key.
  Html& decimal(double number);
  // A link if it is http or https and of a usual length, else its text.
  Html& link(std::string_view url, std::size_t columns = 90);

  const std::string& str() const { return out_; }
  std::size_t size() const { return out_.size(); }
  std::string take();

 private:
  std::string out_;
};

}  // namespace crawl

#endif  // CRAWL_REPORT_HTML_H_
