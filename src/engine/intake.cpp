#include "engine/intake.h"

#include <tl/expected.hpp>
#include <utility>

#include "base/userinfo.h"
#include "engine/record_builder.h"

namespace crawl {

Intake::Status Intake::next(std::optional<Line>& line) {
  std::string text;
  switch (seeds_.next(text)) {
    case SeedSource::Status::kPending:
      return Status::kPending;
    case SeedSource::Status::kEnd:
      ended_ = true;
      return Status::kEnd;
    case SeedSource::Status::kLine:
      break;
  }
  const std::uint64_t index = lines_++;
  tl::expected<Seed, UrlProblem> seed = parse_seed(text);
  text = hide_password(std::move(text));
  if (seed) {
    line = Line{index, std::move(text), *std::move(seed)};
    return Status::kSeed;
  }
  if (!known(index)) {
    ++refused_;
    ledger_.finish(
        make_unfetched_record(index, std::move(text), "", seed.error().kind,
                              std::move(seed.error().message)),
        nullptr);
  }
  return Status::kNothing;
}

}  // namespace crawl
