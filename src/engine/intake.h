#ifndef CRAWL_ENGINE_INTAKE_H_
#define CRAWL_ENGINE_INTAKE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "crawl/engine/seed_source.h"
#include "engine/ledger.h"
#include "engine/seed_url.h"

namespace crawl {

// The input of an agenda, a numbered line at a time. A line that names no URL
// that can be fetched leaves its record here.
//
// One thread, the crawl loop's; what is referred to must outlive it.
class Intake {
 public:
  struct Line {
    std::uint64_t index;
    std::string text;  // as given, but for a password
    Seed seed;
  };
  enum class Status : std::uint8_t {
    kSeed,     // `line` was set
    kNothing,  // the line was no seed; there may be more
    kPending,  // nothing has come yet
    kEnd,
  };

  Intake(SeedSource& seeds, Ledger& ledger) : seeds_(seeds), ledger_(ledger) {}

  Status next(std::optional<Line>& line);

  // Lines so far, or what an earlier run had read: those are known, and leave
  // no record once more.
  std::uint64_t lines() const { return lines_; }
  void set_known(std::uint64_t lines) { known_ = lines; }
  bool known(std::uint64_t index) const { return index < known_; }
  bool ended() const { return ended_; }
  // Lines that left their record here.
  std::uint64_t refused() const { return refused_; }

 private:
  SeedSource& seeds_;
  Ledger& ledger_;
  std::uint64_t lines_ = 0;
  std::uint64_t known_ = 0;
  std::uint64_t refused_ = 0;
  bool ended_ = false;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_INTAKE_H_
