#include "crawl/parse/robots.h"

#include <fmt/format.h>
#include <string.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/ascii.h"

namespace crawl {
namespace {

// Google's parser cuts lines there (eight times the longest URL of a browser).
constexpr std::size_t kMaxLineBytes = 2083 * 8 - 1;
constexpr std::uint32_t kLineMask = (1u << 30) - 1;
constexpr double kMaxCrawlDelay = 24 * 60 * 60;

constexpr std::string_view kBlanks = " \t\v\f";

// Reserved octets that mean something else when percent-encoded.
constexpr bool is_delimiter(char c) {
  return c == '/' || c == '?' || c == '&' || c == '=' || c == '+';
}

// Appends the octet at text[i] in the form that is compared (2.2.2), moves i
// past it, and returns how many octets of the rule it counts for.
std::uint32_t append_canonical(std::string_view text, std::size_t& i,
                               std::string& out) {
  const char c = text[i];
  if (c == '%' && i + 2 < text.size()) {
    const int high = hex_digit_value(text[i + 1]);
    const int low = hex_digit_value(text[i + 2]);
    if (high >= 0 && low >= 0) {
      i += 3;
      const char octet = static_cast<char>(high * 16 + low);
      if (is_unreserved(octet)) {
        out += octet;
        return 1;
      }
      append_percent(out, octet);
      return 3;
    }
  }
  ++i;
  if (is_unreserved(c) || is_delimiter(c)) {
    out += c;
    return 1;
  }
  append_percent(out, c);
  const auto octet = static_cast<unsigned char>(c);
  return octet <= 0x20 || octet >= 0x7f ? 3 : 1;
}

std::string canonical_path(std::string_view path) {
  std::string out;
  out.reserve(path.size() + 16);
  for (std::size_t i = 0; i < path.size();) append_canonical(path, i, out);
  return out;
}

// Turns "%2F" after the first '?' into '/'; false if there is no slash.
bool decode_query_slashes(std::string& path) {
  const std::size_t query = path.find('?');
  if (query == std::string::npos) return false;
  bool any = false;
  std::size_t to = query;
  for (std::size_t from = query; from < path.size(); ++to) {
    if (path.compare(from, 3, "%2F") == 0) {
      path[to] = '/';
      from += 3;
    } else {
      path[to] = path[from++];
    }
    any = any || path[to] == '/';
  }
  path.resize(to);
  return any;
}

std::size_t find_from(std::string_view text, std::string_view part,
                      std::size_t from) {
  const void* found =
      memmem(text.data() + from, text.size() - from, part.data(), part.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) -
                                  text.data());
}

// Taking the leftmost place for each piece between two `*` is enough, so there
// is nothing to go back to.
bool matches(std::string_view pattern, std::string_view path) {
  const bool anchored = pattern.ends_with('$');
  if (anchored) pattern.remove_suffix(1);

  std::size_t star = pattern.find('*');
  const std::string_view head = pattern.substr(0, star);
  if (!path.starts_with(head)) return false;
  if (star == std::string_view::npos) {
    return !anchored || path.size() == head.size();
  }
  std::size_t at = head.size();
  for (;;) {
    pattern.remove_prefix(star + 1);
    star = pattern.find('*');
    const std::string_view piece = pattern.substr(0, star);
    if (star == std::string_view::npos && anchored) {
      return path.size() - at >= piece.size() && path.ends_with(piece);
    }
    at = find_from(path, piece, at);
    if (at == std::string_view::npos) return false;
    at += piece.size();
    if (star == std::string_view::npos) return true;
  }
}

enum class Key { kUserAgent, kAllow, kDisallow, kSitemap, kCrawlDelay, kOther };

Key parse_key(std::string_view key) {
  static constexpr std::pair<std::string_view, Key> kKeys[] = {
      {"user-agent", Key::kUserAgent},
      {"disallow", Key::kDisallow},
      {"allow", Key::kAllow},
      {"sitemap", Key::kSitemap},
      {"crawl-delay", Key::kCrawlDelay},
      {"useragent", Key::kUserAgent},
      {"user agent", Key::kUserAgent},
      {"dissallow", Key::kDisallow},
      {"dissalow", Key::kDisallow},
      {"disalow", Key::kDisallow},
      {"diasllow", Key::kDisallow},
      {"disallaw", Key::kDisallow},
      {"site-map", Key::kSitemap},
      {"crawldelay", Key::kCrawlDelay},
      {"crawl delay", Key::kCrawlDelay},
  };
  for (const auto& [name, value] : kKeys) {
    if (equals_ignoring_case(key, name)) return value;
  }
  return Key::kOther;
}

// The name in a User-agent line: RFC 9309 knows letters, `-` and `_` only; with
// `wide`, for crawlers that call themselves otherwise, digits and dots too.
std::string_view leading_token(std::string_view value, bool wide) {
  std::size_t size = 0;
  while (size < value.size() &&
         (is_ascii_letter(value[size]) || value[size] == '-' ||
          value[size] == '_' ||
          (wide && (is_ascii_digit(value[size]) || value[size] == '.')))) {
    ++size;
  }
  return value.substr(0, size);
}

std::string_view next_line(std::string_view& rest) {
  const std::size_t end = rest.find_first_of("\r\n");
  const std::string_view line = rest.substr(0, end);
  if (end == std::string_view::npos) {
    rest = {};
  } else {
    const bool pair = rest.substr(end, 2) == "\r\n";
    rest.remove_prefix(end + (pair ? 2 : 1));
  }
  return line;
}

}  // namespace

class RobotsRules::Parser {
 public:
  explicit Parser(std::string_view token)
      : token_(token), wide_(leading_token(token, false) != token) {}

  void line(std::string_view line, std::uint32_t number) {
    line = line.substr(0, kMaxLineBytes);
    line = trim(line.substr(0, line.find('#')), kBlanks);
    if (line.empty()) return;

    std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      // Two words and no colon between them.
      colon = line.find_first_of(" \t");
      if (colon == std::string_view::npos) return;
      if (trim(line.substr(colon), kBlanks).find_first_of(" \t") !=
          std::string_view::npos) {
        return;
      }
    }
    const Key key = parse_key(trim(line.substr(0, colon), kBlanks));
    const std::string_view value = trim(line.substr(colon + 1), kBlanks);
    switch (key) {
      case Key::kUserAgent:
        return user_agent(value);
      case Key::kAllow:
      case Key::kDisallow:
        return rule(key == Key::kAllow, value, number);
      case Key::kSitemap:
        if (!value.empty()) sitemaps_.emplace_back(value);
        return;
      case Key::kCrawlDelay:
        return crawl_delay(value, number);
      case Key::kOther:
        return;
    }
  }

  RobotsRules finish() {
    RobotsRules& rules = named_ever_ ? named_ : others_;
    rules.sitemaps_ = std::move(sitemaps_);
    std::stable_sort(rules.rules_.begin(), rules.rules_.end(),
                     [](const Rule& a, const Rule& b) {
                       if (a.octets != b.octets) return a.octets > b.octets;
                       return a.allow > b.allow;
                     });
    rules.text_.shrink_to_fit();
    rules.rules_.shrink_to_fit();
    return std::move(rules);
  }

 private:
  void user_agent(std::string_view value) {
    if (had_rule_) for_us_ = for_all_ = had_rule_ = false;
    if (value.starts_with('*') &&
        (value.size() == 1 || kBlanks.find(value[1]) != kBlanks.npos)) {
      for_all_ = true;
    } else if (equals_ignoring_case(leading_token(value, wide_), token_)) {
      for_us_ = named_ever_ = true;
    }
  }

  // Where the current group's lines go; null if they are not for us.
  RobotsRules* target() {
    if (for_us_) return &named_;
    return for_all_ && !named_ever_ ? &others_ : nullptr;
  }

  void rule(bool allow, std::string_view value, std::uint32_t number) {
    had_rule_ = true;
    RobotsRules* rules = target();
    // A path starts with '/'; anything else can match no URL.
    if (rules == nullptr || value.empty() ||
        (value.front() != '/' && value.front() != '*')) {
      return;
    }
    const Span text = add_rule(*rules, allow, value, number, {});
    if (!allow) return;
    const std::size_t slash = value.rfind('/');
    if (slash != std::string_view::npos &&
        value.substr(slash).starts_with("/index.htm")) {
      const std::string directory =
          std::string(value.substr(0, slash + 1)) + '$';
      add_rule(*rules, allow, directory, number, text);
    }
  }

  static Span add_rule(RobotsRules& rules, bool allow, std::string_view value,
                       std::uint32_t number, Span text) {
    std::string pattern;
    std::uint32_t octets = 0;
    for (std::size_t i = 0; i < value.size();) {
      if (value[i] == '*') {
        if (!pattern.ends_with('*')) pattern += '*';
        ++octets;
        ++i;
      } else if (value[i] == '$' && i + 1 == value.size()) {
        pattern += '$';
        ++octets;
        ++i;
      } else {
        octets += append_canonical(value, i, pattern);
      }
    }
    if (pattern.ends_with('*')) pattern.pop_back();

    // After a '?' the rule can only be inside the query, where a slash means
    // the same in both forms. An encoded one before it must stay what it is.
    const std::string_view before =
        std::string_view(pattern).substr(0, pattern.find('?'));
    const bool query_slash = before.find("%2F") == std::string_view::npos &&
                             decode_query_slashes(pattern);

    if (text.size == 0) text = store(rules, value);
    const Span stored =
        pattern == rules.view(text) ? text : store(rules, pattern);
    rules.rules_.push_back({stored, text, octets, number & kLineMask,
                            allow ? 1u : 0u, query_slash ? 1u : 0u});
    return text;
  }

  static Span store(RobotsRules& rules, std::string_view text) {
    const Span span{static_cast<std::uint32_t>(rules.text_.size()),
                    static_cast<std::uint32_t>(text.size())};
    rules.text_ += text;
    return span;
  }

  void crawl_delay(std::string_view value, std::uint32_t number) {
    RobotsRules* rules = target();
    if (rules == nullptr || value.empty() ||
        (!is_ascii_digit(value.front()) && value.front() != '.')) {
      return;
    }
    double seconds = 0;
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), seconds,
                        std::chars_format::fixed);
    if (error != std::errc() || !(seconds >= 0)) return;
    const auto delay = std::chrono::milliseconds(
        static_cast<std::int64_t>(std::min(seconds, kMaxCrawlDelay) * 1000));
    if (rules->crawl_delay_ >= delay) return;
    rules->crawl_delay_ = delay;
    rules->crawl_delay_line_ = number;
  }

  const std::string_view token_;
  const bool wide_;
  RobotsRules named_, others_;
  std::vector<std::string> sitemaps_;
  bool named_ever_ = false;  // some group names us
  bool for_us_ = false;      // the current one does
  bool for_all_ = false;     // the current one names `*`
  bool had_rule_ = false;    // the next User-agent line starts another group
};

RobotsRules RobotsRules::parse(std::string_view body,
                               std::string_view product_token,
                               const RobotsOptions& options) {
  const std::size_t limit = std::max(options.max_bytes, kRobotsMinBytes);
  if (body.size() > limit || options.truncated) {
    const std::size_t end = body.substr(0, limit).find_last_of("\r\n");
    body = body.substr(0, end == std::string_view::npos ? 0 : end + 1);
  }
  // A byte order mark, or as much of one as survived.
  for (const char c : {'\xef', '\xbb', '\xbf'}) {
    if (body.starts_with(c)) body.remove_prefix(1);
  }
  Parser parser(product_token);
  for (std::uint32_t number = 1; !body.empty(); ++number) {
    parser.line(next_line(body), number);
  }
  return parser.finish();
}

RobotsDecision RobotsRules::decide(std::string_view path_and_query) const {
  if (path_and_query == "/robots.txt" || rules_.empty()) return {};
  const std::string path =
      canonical_path(path_and_query.empty() ? "/" : path_and_query);
  std::string query_form;  // made when a rule needs it
  for (const Rule& rule : rules_) {
    std::string_view subject = path;
    if (rule.query_slash) {
      if (query_form.empty()) {
        query_form = path;
        decode_query_slashes(query_form);
      }
      subject = query_form;
    }
    if (matches(view(rule.pattern), subject)) {
      return {rule.allow == 1, rule.line, view(rule.text)};
    }
  }
  return {};
}

std::vector<std::string> RobotsRules::take_sitemaps() {
  return std::exchange(sitemaps_, {});
}

std::size_t RobotsRules::memory_use() const {
  std::size_t bytes = text_.capacity() + rules_.capacity() * sizeof(Rule) +
                      sitemaps_.capacity() * sizeof(std::string);
  for (const std::string& sitemap : sitemaps_) bytes += sitemap.capacity();
  return bytes;
}

std::string to_string(const RobotsDecision& decision) {
  if (decision.line == 0) return "no rule matches";
  std::string rule;
  for (const char c : decision.rule) {
    if (c > ' ' && c < '\x7f') {
      rule += c;
    } else {
      append_percent(rule, c);
    }
  }
  return fmt::format("line {}: {}: {}", decision.line,
                     decision.allowed ? "Allow" : "Disallow", rule);
}

std::string_view product_token(std::string_view user_agent) {
  return user_agent.substr(0, user_agent.find_first_of("/ \t(;"));
}

}  // namespace crawl
