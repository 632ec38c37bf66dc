#include "cli/line_count.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "crawl/engine/seed_source.h"

namespace crawl::cli {
namespace {

bool can_be_read_twice(const std::string& input) {
  std::error_code ignored;
  return is_url_input(input) ||
         std::filesystem::is_regular_file(input, ignored);
}

// Standard input by its name, if that is a file from its beginning.
std::string with_name(std::string input) {
  return input == "-" && lseek(STDIN_FILENO, 0, SEEK_CUR) == 0 ? "/dev/stdin"
                                                               : input;
}

}  // namespace

LineCount::LineCount(std::vector<std::string> inputs) {
  for (std::string& input : inputs) input = with_name(std::move(input));
  if (!std::all_of(inputs.begin(), inputs.end(), can_be_read_twice)) return;
  try {
    thread_ =
        std::thread([this, inputs = std::move(inputs)] { count(inputs); });
  } catch (const std::system_error&) {  // no thread to be had: no total
  }
}

LineCount::~LineCount() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

std::optional<std::uint64_t> LineCount::total() const {
  if (!counted_) return std::nullopt;
  return total_;
}

void LineCount::count(const std::vector<std::string>& inputs) {
  const Result<std::unique_ptr<SeedSource>> lines = open_seeds(inputs);
  if (!lines) return;  // the crawl says so
  std::uint64_t total = 0;
  for (std::string line; (*lines)->next(line) == SeedSource::Status::kLine;) {
    if (stop_) return;
    ++total;
  }
  if (!(*lines)->error().empty()) return;
  total_ = total;
  counted_ = true;
}

}  // namespace crawl::cli
