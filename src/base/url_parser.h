#ifndef CRAWL_BASE_URL_PARSER_H_
#define CRAWL_BASE_URL_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/url_chars.h"
#include "crawl/base/url.h"

namespace crawl::url {

// The "basic URL parser" of the URL Standard (section 4.4) without encoding
// and state override: one object parses one input, writing the serialisation
// (section 4.5) straight to the end of `out`.
//
// States that only choose the next state are branches here; a state that
// produces something is a function named after it. Instead of walking code
// point by code point each takes the piece of input that belongs to it.
//
// Input that stays as it is, which is nearly all of it, is not copied piece by
// piece: it gathers in [run_, p_) across states until something has to be
// written differently.
class Parser {
 public:
  using Kind = Url::Kind;
  using Parts = Url::Parts;

  // `base` may be null; it must not live in `out`.
  Parser(std::string& out, const Url* base)
      : out_(out), start_(out.size()), base_(base) {}

  // On failure returns false and `out` is as it was.
  bool parse(std::string_view input);

  // What parse() appends, as a value.
  static std::optional<Url> make_url(std::string_view input, const Url* base);

 private:
  bool parse_cleaned(std::string_view input);
  bool scheme_state(std::size_t length);
  bool no_scheme_state();
  bool relative_state();
  bool authority_state();
  bool credentials_and_host(std::string_view authority);
  bool host_state(std::string_view text);
  bool port_state(std::string_view text);
  bool file_state();
  bool file_host_state();
  bool path_start_state();
  bool path_state();
  bool opaque_path_state();
  bool query_state();
  bool fragment_state();

  // Append the base's serialisation up to the end of that component.
  void copy_scheme();
  void copy_authority();
  void copy_path();
  void copy_query();
  void copy_parent_path();  // the path up to its last '/'

  void append_empty_host();
  void take_drive_letter();
  void pop_segment();
  void take_encoded(Set set, bool to_hash);

  // What is not read yet.
  std::string_view rest() const {
    return {p_, static_cast<std::size_t>(end_ - p_)};
  }
  bool at(char c) const { return p_ != end_ && *p_ == c; }
  bool at_slash() const { return p_ != end_ && is_slash(*p_); }
  bool is_special() const { return parts_.kind != Kind::kOther; }
  bool is_slash(char c) const {
    return c == '/' || (c == '\\' && is_special());
  }

  // Writes what gathered. Then skip() drops the next input.
  void flush() {
    out_.append(run_, p_);
    run_ = p_;
  }
  void skip(std::size_t size) {
    flush();
    run_ = p_ += size;
  }
  // Forgets everything written, and what gathered.
  void restart() {
    out_.resize(start_);
    run_ = p_;
  }
  // Where in the serialisation the next byte goes.
  std::uint32_t here() const {
    return static_cast<std::uint32_t>(out_.size() - start_) +
           static_cast<std::uint32_t>(p_ - run_);
  }

  std::string& out_;
  const std::size_t start_;
  const Url* const base_;
  Parts parts_;
  const char* run_ = nullptr;
  const char* p_ = nullptr;
  const char* end_ = nullptr;
};

}  // namespace crawl::url

#endif  // CRAWL_BASE_URL_PARSER_H_
