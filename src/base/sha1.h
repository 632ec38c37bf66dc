#ifndef CRAWL_BASE_SHA1_H_
#define CRAWL_BASE_SHA1_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/fixed_text.h"

struct evp_md_ctx_st;

namespace crawl {

using Sha1Digest = std::array<unsigned char, 20>;

// SHA-1 (RFC 3174) of bytes that come in pieces: what archives name contents
// by. No proof against someone who wants two contents to collide. One thread.
class Sha1 {
 public:
  Sha1();
  void reset();
  void update(std::string_view bytes);
  Sha1Digest digest();  // ends it: reset() comes next

 private:
  struct Delete {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Delete> context_;
};

// 32 capital letters and digits (RFC 4648 section 6).
FixedText<32> to_base32(const Sha1Digest& digest);

}  // namespace crawl

#endif  // CRAWL_BASE_SHA1_H_
