#ifndef CRAWL_FRONTIER_PACKED_H_
#define CRAWL_FRONTIER_PACKED_H_

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crawl {

// Texts, whatever bytes they have, as one text: each with its size before it,
// "5:hello".
inline void pack(std::string& out, std::string_view text) {
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

// Takes them out again. What is not so packed, a text that was cut say, ends
// it; good() tells.
class Unpack {
 public:
  explicit Unpack(std::string_view packed) : rest_(packed) {}

  bool good() const { return good_; }
  bool at_end() const { return rest_.empty(); }

  std::string_view next() {
    std::size_t size = 0;
    const auto [end, error] =
        std::from_chars(rest_.data(), rest_.data() + rest_.size(), size);
    const auto digits = static_cast<std::size_t>(end - rest_.data());
    if (error != std::errc() || digits >= rest_.size() ||
        rest_[digits] != ':' || size > rest_.size() - digits - 1) {
      good_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view text = rest_.substr(digits + 1, size);
    rest_.remove_prefix(digits + 1 + size);
    return text;
  }

  // A text that is a number no larger than `most`.
  std::uint64_t number(std::uint64_t most) {
    const std::string_view text = next();
    std::uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() ||
        value > most) {
      good_ = false;
      return 0;
    }
    return value;
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

}  // namespace crawl

#endif  // CRAWL_FRONTIER_PACKED_H_
