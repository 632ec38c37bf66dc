#ifndef CRAWL_CLI_RESUME_HINT_H_
#define CRAWL_CLI_RESUME_HINT_H_

#include <memory>
#include <string>
#include <utility>

#include "cli/options.h"
#include "crawl/engine/seed_source.h"

namespace crawl::cli {

// Passes the lines of the input on, and knows whether `input` in their records
// gives back every byte of them. Used by the crawl loop's thread.
class WatchedLines final : public SeedSource {
 public:
  explicit WatchedLines(std::unique_ptr<SeedSource> lines)
      : lines_(std::move(lines)) {}

  Status next(std::string& line) override;
  std::string error() const override { return lines_->error(); }
  bool exact() const { return exact_; }

 private:
  std::unique_ptr<SeedSource> lines_;
  bool exact_ = true;
};

// How to go on after Ctrl-C. For a list whose records name its lines it is a
// command for the shell that picks those without one; `exact`: they name them
// byte by byte. Looks for the files and for a name that is free. Words are
// filled to `columns` (0: not at all), the command is not.
std::string format_resume_hint(const Options& options, bool exact,
                               std::size_t columns = 0);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_RESUME_HINT_H_
