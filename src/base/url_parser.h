#ifndef CRAWL_BASE_URL_PARSER_H_
#define CRAWL_BASE_URL_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crawl/base/url.h"

namespace crawl::url {

// The "basic URL parser" of the URL Standard (section 4.4) without encoding
// and state override: one object parses one input, writing the serialisation
// (section 4.5) straight to the end of `out`.
//
// States that only choose the next state are branches here; a state that
// produces something is a function named after it. Instead of walking code
// point by code point each takes the piece of input that belongs to it.
class Parser {
 public:
  using Kind = Url::Kind;
  using Parts = Url::Parts;

  // `base` may be null; it must not live in `out`.
  Parser(std::string& out, const Url* base)
      : out_(out), start_(out.size()), base_(base) {}

  // On failure returns false and `out` is as it was.
  bool parse(std::string_view input);

  // Of the last parse() that succeeded; offsets count from where `out` ended.
  const Parts& parts() const { return parts_; }

  // What parse() appends, as a value.

  static std::optional<Url> make_url(std::string_view input, const Url* base);

  static std::uint16_t default_port(Kind kind);

 private:
  bool parse_cleaned(std::string_view input);
  bool scheme_state(std::string_view scheme, std::string_view rest);
  bool no_scheme_state(std::string_view rest);
  bool relative_state(std::string_view rest);
  bool authority_state(std::string_view rest);
  bool host_state(std::string_view text);
  bool port_state(std::string_view text);
  bool file_state(std::string_view rest);
  bool file_host_state(std::string_view rest);
  bool path_start_state(std::string_view rest);
  bool path_state(std::string_view rest);
  bool opaque_path_state(std::string_view rest);
  bool query_state(std::string_view rest);  // `rest` begins at '?', '#' or end
  bool fragment_state(std::string_view rest);

  void append_empty_host();

  // Append the base's serialisation up to there.
  void copy_scheme();
  void copy_authority();
  void copy_path();         // and what comes before it
  void copy_parent_path();  // "shorten a url's path"
  void copy_query();        // and what comes before it

  void pop_segment();
  bool is_special() const { return parts_.kind != Kind::kOther; }
  bool is_slash(char c) const {
    return c == '/' || (c == '\\' && is_special());
  }
  std::size_t size() const { return out_.size() - start_; }
  std::uint32_t here() const { return static_cast<std::uint32_t>(size()); }

  std::string& out_;
  const std::size_t start_;
  const Url* const base_;
  Parts parts_;
};

}  // namespace crawl::url

#endif  // CRAWL_BASE_URL_PARSER_H_
