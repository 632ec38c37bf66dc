#ifndef CRAWL_BASE_URL_H_
#define CRAWL_BASE_URL_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace crawl {

namespace url {
class Parser;
}

// An absolute URL, parsed and normalised as the WHATWG URL Standard's "basic
// URL parser" does it (https://url.spec.whatwg.org/).
//
// A value: cheap to move, one string inside (the serialisation) plus offsets
// into it. Views returned stay valid until the Url is changed or destroyed.
// Only http and https are fetched; other schemes are parsed far enough to be
// recognised, resolved against and reported.
class Url {
 public:
  // The URL that `input` names by itself, or nothing if the standard's parser
  // fails on it (a relative reference included). Any bytes will do; invalid
  // UTF-8 counts as U+FFFD, and more than about 450 MB of input is a failure.
  static std::optional<Url> parse(std::string_view input);

  // `reference` resolved against this URL as base; nothing on failure.
  std::optional<Url> resolve(std::string_view reference) const;

  // As resolve(), but appends the serialisation to `out` and makes no Url: the
  // way for a page's links, which share one buffer. On failure returns false
  // and leaves `out` as it was. `reference` may not be a view into `out`.
  // Allocates only when `out` has to grow, or where the input needs decoding.
  bool resolve_append(std::string_view reference, std::string& out) const;

  std::string_view href() const { return href_; }
  std::string_view scheme() const;          // "https", without the colon
  std::string_view username() const;        // percent-encoded
  std::string_view password() const;        // percent-encoded
  std::string_view hostname() const;        // "example.org", "[::1]"; no port
  std::string_view port() const;            // "" if it is the scheme's default
  std::string_view pathname() const;        // "/a/b"
  std::string_view search() const;          // "?q=1", or "" (as in the URL API)
  std::string_view hash() const;            // "#top", or ""
  std::string_view path_and_query() const;  // what a request line holds

  bool is_http() const;  // http or https
  bool has_credentials() const;

  // The port that a connection uses; 0 for a scheme without one.
  std::uint16_t effective_port() const;

  // "scheme://host:port" with the port always there: the unit of politeness, of
  // connections and of robots.txt. Also the origin for http and https.
  std::string host_key() const;

  // "example.co.uk" for "www.example.co.uk" by the public suffix list; the host
  // itself for an IP address, a single label or a public suffix.
  std::string registrable_domain() const;

  Url without_fragment() const;
  Url without_credentials() const;

  friend bool operator==(const Url& a, const Url& b) {
    return a.href_ == b.href_;
  }

 private:
  friend class url::Parser;

  enum class Kind : std::uint8_t {
    kOther,
    kHttp,
    kHttps,
    kWs,
    kWss,
    kFtp,
    kFile
  };

  // Where the components lie in href_:
  //
  //   https://user:pass@example.org:8080/a/b?q=1#top
  //        |      |     |          |    |   |   |
  //        |      |     |          |    |   |   fragment_begin
  //        |      |     |          |    |   query_begin
  //        |      |     |          |    path_begin
  //        |      |     |          host_end
  //        |      |     host_begin
  //        |      username_end
  //        scheme_end
  //
  // A component that is absent is empty and lies where the next one begins.
  struct Parts {
    std::uint32_t scheme_end = 0;
    std::uint32_t username_end = 0;
    std::uint32_t host_begin = 0;
    std::uint32_t host_end = 0;
    std::uint32_t path_begin = 0;
    std::uint32_t query_begin = 0;
    std::uint32_t fragment_begin = 0;
    std::uint16_t port = 0;  // effective
    Kind kind = Kind::kOther;
    bool has_host = false;
    bool has_opaque_path = false;
  };

  Url() = default;
  std::string_view slice(std::uint32_t begin, std::uint32_t end) const {
    return {href_.data() + begin, end - begin};
  }

  std::string href_;
  Parts parts_;
};

}  // namespace crawl

template <>
struct std::hash<crawl::Url> {
  std::size_t operator()(const crawl::Url& url) const noexcept {
    return std::hash<std::string_view>()(url.href());
  }
};

#endif  // CRAWL_BASE_URL_H_
