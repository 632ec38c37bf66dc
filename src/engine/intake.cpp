#include "engine/intake.h"

#include <utility>

#include "base/userinfo.h"

namespace crawl {

std::optional<Intake::Line> Intake::next() {
  std::string text;
  switch (seeds_.next(text)) {
    case SeedSource::Status::kPending:
      return std::nullopt;
    case SeedSource::Status::kEnd:
      ended_ = true;
      return std::nullopt;
    case SeedSource::Status::kLine:
      break;
  }
  tl::expected<Seed, UrlProblem> seed = parse_seed(text);
  ++lines_;
  return Line{next_++, hide_password(std::move(text)), std::move(seed)};
}

}  // namespace crawl
