#ifndef CRAWL_ARCHIVE_NAMED_DIGEST_H_
#define CRAWL_ARCHIVE_NAMED_DIGEST_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace crawl {

// What a record says of its contents: "sha1:", "sha256:", "sha512:" or "md5:"
// and a digest in Base32 or hexadecimal digits (WARC/1.1 section 5.8), compared
// with that of bytes that come in pieces. Of other kinds nothing is known, and
// nothing is worked out. One thread.
class NamedDigest {
 public:
  NamedDigest();
  // `said`: the field, "" if there is none.
  void begin(std::string_view said);
  void update(std::string_view bytes);
  // "" if they fit, or what the digest is; nothing if it cannot be told.
  std::optional<std::string> end();

 private:
  struct Delete {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Delete> context_;
  std::string kind_, said_;
  bool known_ = false;
};

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_NAMED_DIGEST_H_
