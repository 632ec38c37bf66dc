#include "base/sha256_source.h"

#include <openssl/evp.h>

#include <array>
#include <new>

namespace crawl {

std::string sha256_source(std::string_view text) {
  std::array<unsigned char, 32> digest{};
  if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(),
                 nullptr) != 1) {
    throw std::bad_alloc();
  }
  // 44 characters and the end that EVP_EncodeBlock() writes.
  std::array<unsigned char, 45> coded{};
  const int size = EVP_EncodeBlock(coded.data(), digest.data(),
                                   static_cast<int>(digest.size()));
  return {coded.begin(), coded.begin() + size};
}

}  // namespace crawl
