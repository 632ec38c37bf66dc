#include "report/html.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "crawl/base/human.h"
#include "writer/clean_text.h"

namespace crawl {
namespace {

// Longer ones are a burden to the page, and work nowhere.
constexpr std::size_t kLongestLink = 1'000;

}  // namespace

Html& Html::text(std::string_view text) {
  std::string clean;
  append_clean(text, clean);
  for (const char c : clean) {
    switch (c) {
      case '&':
        out_ += "&amp;";
        break;
      case '<':
        out_ += "&lt;";
        break;
      case '>':
        out_ += "&gt;";
        break;
      case '"':
        out_ += "&quot;";
        break;
      case '\'':
        out_ += "&#39;";
        break;
      default:
        out_ += c;
    }
  }
  return *this;
}

Html& Html::brief(std::string_view text, std::size_t columns) {
  // What is cut away in any case need not be looked at: four bytes a column,
  // and the end counts too.
  std::string shown;
  if (text.size() > 16 * columns) {
    append_shown(text.substr(0, 8 * columns), shown);
    append_shown(text.substr(text.size() - 8 * columns), shown);
  } else {
    append_shown(text, shown);
  }
  return this->text(cut_middle_to_width(shown, columns));
}

Html& Html::count(std::uint64_t number) { return text(human_count(number)); }

Html& Html::count(std::uint64_t number, std::string_view what) {
  count(number);
  return text(fmt::format(" {}{}", what, number == 1 ? "" : "s"));
}

Html& Html::number(std::int64_t number) {
  fmt::format_to(std::back_inserter(out_), "{}", number);
  return *this;
}

Html& Html::seconds(double seconds) { return text(human_seconds(seconds)); }

Html& Html::bytes(std::uint64_t bytes) { return text(human_bytes(bytes)); }

Html& Html::percent(double of, double all) {
  fmt::format_to(std::back_inserter(out_), "{:.1f} %",
                 all > 0 ? 100 * of / all : 0.0);
  return *this;
}

Html& Html::decimal(double number) {
  fmt::format_to(std::back_inserter(out_), "{:.6g}", number);
  return *this;
}

Html& Html::link(std::string_view url, std::size_t columns) {
  const bool links =
      url.size() <= kLongestLink &&
      (url.starts_with("http://") || url.starts_with("https://"));
  if (!links) return brief(url, columns);
  *this << "<a rel=\"noreferrer\" href=\"";
  text(url);
  *this << "\">";
  brief(url, columns);
  return *this << "</a>";
}

std::string Html::take() { return std::exchange(out_, std::string()); }

}  // namespace crawl
