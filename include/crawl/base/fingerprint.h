#ifndef CRAWL_BASE_FINGERPRINT_H_
#define CRAWL_BASE_FINGERPRINT_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct XXH3_state_s;

namespace crawl {

// A 128-bit XXH3 digest of bytes: tells bodies and URLs apart in a crawl of any
// size (chance of one collision among 10^10: below 10^-18). Not a cryptographic
// hash: it is no proof against someone who wants two bodies to collide.
struct Fingerprint {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend auto operator<=>(const Fingerprint&, const Fingerprint&) = default;
};

Fingerprint fingerprint(std::string_view bytes);

// The same digest of bytes that come in pieces. One thread at a time.
class FingerprintStream {
 public:
  FingerprintStream();
  void reset();
  void update(std::string_view bytes);
  Fingerprint digest() const;

 private:
  struct Delete {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Delete> state_;
};

// 32 lower-case hexadecimal digits.
std::string to_hex(const Fingerprint& fingerprint);

}  // namespace crawl

template <>
struct std::hash<crawl::Fingerprint> {
  std::size_t operator()(const crawl::Fingerprint& f) const noexcept {
    return static_cast<std::size_t>(f.low);
  }
};

#endif  // CRAWL_BASE_FINGERPRINT_H_
