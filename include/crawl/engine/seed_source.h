#ifndef CRAWL_ENGINE_SEED_SOURCE_H_
#define CRAWL_ENGINE_SEED_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/error.h"

namespace crawl {

// Where the URLs of a crawl come from, a line at a time: files, standard input
// and URLs given as arguments. The input is streamed, never held.
//
// Blank lines and lines that begin with '#' are left out, white space around a
// line is dropped, as are a byte order mark and CR before LF. Used by the crawl
// loop alone.
class SeedSource {
 public:
  enum class Status : std::uint8_t {
    kLine,     // `line` was set
    kPending,  // nothing yet; `ready` is called once there is
    kEnd,
  };

  virtual ~SeedSource() = default;
  virtual Status next(std::string& line) = 0;
  // What went wrong while reading (an I/O error ends the input early); "" if
  // nothing did.
  virtual std::string error() const { return ""; }
};

// What is past this of a line is dropped: no URL is that long.
inline constexpr std::size_t kMaxLineBytes = std::size_t{1} << 20;

// Whether an input is a URL, not a file: it has "://", or is HOST:PORT and
// there is no such file.
bool is_url_input(std::string_view input);

// `inputs` as on the command line: "-" is standard input, then there are URLs,
// and everything else is a file. Fails, before anything is read, if a file is
// missing, a directory or unreadable.
//
// With `ready`, inputs that may keep a reader waiting (pipes, terminals) are
// read by a thread of their own, and `ready` is called on it when what a
// kPending promised has come. Without it next() blocks.
Result<std::unique_ptr<SeedSource>> open_seeds(
    const std::vector<std::string>& inputs, std::function<void()> ready = {});

// Lines given directly: for tests and programs.
std::unique_ptr<SeedSource> make_seeds(std::vector<std::string> lines);

}  // namespace crawl

#endif  // CRAWL_ENGINE_SEED_SOURCE_H_
