#include "cli/seed_spool.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace crawl::cli {

struct SeedSpool::File {
  explicit File(std::FILE* f) : file(f) {}
  ~File() {
    std::fclose(file);
    std::free(buffer);  // NOLINT(cppcoreguidelines-no-malloc): getline's own
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  std::FILE* const file;
  char* buffer = nullptr;
  std::size_t size = 0;
};

// First what is kept, then what comes.
class SeedSpool::Lines final : public SeedSource {
 public:
  explicit Lines(SeedSpool& spool) : spool_(spool), left_(spool.kept_) {
    std::rewind(spool_.file_->file);
  }

  Status next(std::string& line) override {
    if (!spool_.error_.empty()) return Status::kEnd;
    File& kept = *spool_.file_;
    if (left_ > 0) {
      const ssize_t got = getline(&kept.buffer, &kept.size, kept.file);
      if (got <= 0) return fail();
      line.assign(kept.buffer, static_cast<std::size_t>(got) - 1);
      // Between reading and writing a file is told where it is.
      if (--left_ == 0) std::fseek(kept.file, 0, SEEK_END);
      return Status::kLine;
    }
    const Status status = spool_.source_->next(line);
    if (status != Status::kLine) return status;
    if (std::fwrite(line.data(), 1, line.size(), kept.file) != line.size() ||
        std::fputc('\n', kept.file) == EOF) {
      return fail();
    }
    ++spool_.kept_;
    return Status::kLine;
  }

  std::string error() const override {
    return spool_.error_.empty() ? spool_.source_->error() : spool_.error_;
  }

 private:
  Status fail() {
    spool_.error_ =
        fmt::format("cannot keep the input's lines: {}", std::strerror(errno));
    return Status::kEnd;
  }

  SeedSpool& spool_;
  std::size_t left_;
};

SeedSpool::SeedSpool() = default;
SeedSpool::~SeedSpool() { forget(); }

Result<std::unique_ptr<SeedSpool>> SeedSpool::open(
    const std::vector<std::string>& inputs) {
  std::unique_ptr<SeedSpool> spool(new SeedSpool);
  std::FILE* const file = std::tmpfile();
  if (file == nullptr) {
    return make_error(
        fmt::format("cannot keep the input's lines: {}", std::strerror(errno)));
  }
  spool->file_ = std::make_unique<File>(file);
  Result<std::unique_ptr<SeedSource>> source =
      open_seeds(inputs, [spool = spool.get()] {
        const std::lock_guard lock(spool->mutex_);
        if (spool->ready_) spool->ready_();
      });
  if (!source) return tl::unexpected(source.error());
  spool->source_ = *std::move(source);
  return spool;
}

std::unique_ptr<SeedSource> SeedSpool::begin(std::function<void()> ready) {
  const std::lock_guard lock(mutex_);
  ready_ = std::move(ready);
  return std::make_unique<Lines>(*this);
}

void SeedSpool::forget() {
  const std::lock_guard lock(mutex_);
  ready_ = {};
}

bool has_input_to_spool(const std::vector<std::string>& inputs) {
  return std::any_of(
      inputs.begin(), inputs.end(), [](const std::string& input) {
        struct stat about {};
        return input == "-" ||
               (!is_url_input(input) && stat(input.c_str(), &about) == 0 &&
                !S_ISREG(about.st_mode));
      });
}

}  // namespace crawl::cli
