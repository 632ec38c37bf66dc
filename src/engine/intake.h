#ifndef CRAWL_ENGINE_INTAKE_H_
#define CRAWL_ENGINE_INTAKE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "crawl/engine/seed_source.h"
#include "engine/seed_url.h"

namespace crawl {

// The input of an agenda, a numbered line at a time, and what each names.
//
// One thread, the crawl loop's; `seeds` must outlive it.
class Intake {
 public:
  struct Line {
    std::uint64_t index;
    std::string text;  // as given, but for a password
    tl::expected<Seed, UrlProblem> seed;
  };

  // So many lines are taken in one turn of the loop, at most: a million of them
  // must hold up neither Ctrl-C nor the transfers.
  static constexpr std::size_t kAtOnce = 10'000;

  // The first line has this number.
  explicit Intake(SeedSource& seeds, std::uint64_t first = 0)
      : seeds_(seeds), next_(first) {}

  // Nothing if no line has come yet, or none will: ended().
  std::optional<Line> next();

  std::uint64_t lines() const { return lines_; }      // so far
  std::uint64_t next_index() const { return next_; }  // of the next line
  bool ended() const { return ended_; }

 private:
  SeedSource& seeds_;
  std::uint64_t next_;
  std::uint64_t lines_ = 0;
  bool ended_ = false;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_INTAKE_H_
