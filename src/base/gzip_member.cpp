#include "base/gzip_member.h"

#include <libdeflate.h>

#include <new>

namespace crawl {

void GzipMember::Free::operator()(libdeflate_compressor* compressor) const {
  libdeflate_free_compressor(compressor);
}

GzipMember::GzipMember(int level)
    : compressor_(libdeflate_alloc_compressor(level)) {
  if (!compressor_) throw std::bad_alloc();
}

void GzipMember::append(std::string_view bytes, std::string& out) {
  const std::size_t begin = out.size();
  out.resize(begin +
             libdeflate_gzip_compress_bound(compressor_.get(), bytes.size()));
  const std::size_t size =
      libdeflate_gzip_compress(compressor_.get(), bytes.data(), bytes.size(),
                               out.data() + begin, out.size() - begin);
  out.resize(begin + size);
}

}  // namespace crawl
