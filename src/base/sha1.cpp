#include "base/sha1.h"

#include <openssl/evp.h>

#include <new>

#include "base/base32.h"

namespace crawl {

void Sha1::Delete::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Sha1::Sha1() : context_(EVP_MD_CTX_new()) {
  if (!context_ ||
      EVP_DigestInit_ex(context_.get(), EVP_sha1(), nullptr) != 1) {
    throw std::bad_alloc();
  }
}

// With no algorithm named the context goes on with its own, which need not be
// looked up again.
void Sha1::reset() { EVP_DigestInit_ex(context_.get(), nullptr, nullptr); }

void Sha1::update(std::string_view bytes) {
  EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

Sha1Digest Sha1::digest() {
  Sha1Digest digest{};
  EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
  return digest;
}

FixedText<32> to_base32(const Sha1Digest& digest) {
  FixedText<32> text;
  write_base32(digest, text.data());
  return text;
}

}  // namespace crawl
