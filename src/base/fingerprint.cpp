#include "crawl/base/fingerprint.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <new>

namespace crawl {

Fingerprint fingerprint(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

FingerprintStream::FingerprintStream() : state_(XXH3_createState()) {
  if (!state_) throw std::bad_alloc();
  reset();
}

void FingerprintStream::Delete::operator()(XXH3_state_s* state) const {
  XXH3_freeState(state);
}

void FingerprintStream::reset() { XXH3_128bits_reset(state_.get()); }

void FingerprintStream::update(std::string_view bytes) {
  XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
}

Fingerprint FingerprintStream::digest() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
  return {hash.high64, hash.low64};
}

std::string to_hex(const Fingerprint& fingerprint) {
  return fmt::format("{:016x}{:016x}", fingerprint.high, fingerprint.low);
}

}  // namespace crawl
