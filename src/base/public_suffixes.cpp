#include "base/public_suffixes.h"

#include <memory>

namespace crawl {
namespace {

struct PslFree {
  void operator()(psl_ctx_t* list) const { psl_free(list); }
};

}  // namespace

const psl_ctx_t* public_suffixes() {
  static const std::unique_ptr<psl_ctx_t, PslFree> list(psl_latest(nullptr));
  return list != nullptr ? list.get() : psl_builtin();
}

}  // namespace crawl
