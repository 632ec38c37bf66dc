#include "archive/named_digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <new>
#include <span>
#include <utility>

#include "base/ascii.h"
#include "base/base32.h"

namespace crawl {
namespace {

using Maker = const EVP_MD* (*)();
constexpr std::array<std::pair<std::string_view, Maker>, 8> kKinds = {{
    {"sha1", &EVP_sha1},
    {"sha-1", &EVP_sha1},
    {"sha256", &EVP_sha256},
    {"sha-256", &EVP_sha256},
    {"sha384", &EVP_sha384},
    {"sha512", &EVP_sha512},
    {"sha-512", &EVP_sha512},
    {"md5", &EVP_md5},
}};

}  // namespace

void NamedDigest::Delete::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

NamedDigest::NamedDigest() : context_(EVP_MD_CTX_new()) {
  if (!context_) throw std::bad_alloc();
}

void NamedDigest::begin(std::string_view said) {
  known_ = false;
  const std::size_t colon = said.find(':');
  if (colon == std::string_view::npos) return;
  kind_ = lower_case(std::string(said.substr(0, colon)));
  said_ = said.substr(colon + 1);
  while (said_.ends_with('=')) said_.pop_back();
  for (const auto& [name, make] : kKinds) {
    if (kind_ != name) continue;
    // A machine may forbid MD5.
    known_ = EVP_DigestInit_ex(context_.get(), make(), nullptr) == 1;
  }
}

void NamedDigest::update(std::string_view bytes) {
  if (known_) EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::optional<std::string> NamedDigest::end() {
  if (!known_) return std::nullopt;
  std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context_.get(), made.data(), &size);
  known_ = false;
  const std::span<const unsigned char> digest(made.data(), size);
  std::string hex;
  for (const unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
  std::array<char, 2 * EVP_MAX_MD_SIZE> letters{};
  const std::string base32(letters.data(),
                           write_base32(digest, letters.data()));
  if (equals_ignoring_case(said_, base32) || equals_ignoring_case(said_, hex)) {
    return "";
  }
  return fmt::format("{}:{}", kind_, said_.size() == hex.size() ? hex : base32);
}

}  // namespace crawl
