#include "crawl/archive/saved_pages.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "archive/saved_name.h"
#include "base/ascii.h"
#include "base/uninterrupted.h"
#include "crawl/base/fingerprint.h"
#include "crawl/frontier/state_store.h"
#include "crawl/writer/result_writer.h"
#include "frontier/fingerprint_set.h"

namespace crawl {
namespace {

std::string reason(int error) {
  return std::error_code(error, std::generic_category()).message();
}

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

// Where a body is until it has its name. A dot begins no name of a page.
constexpr const char* kPart = ".part";

// Behind a page's name in the list: it is of http, at the usual port.
constexpr std::string_view kHttpMark = "\thttp";

bool is_usual_http(const Url& url) {
  return url.port().empty() && url.scheme() == "http";
}

// Whose each place is: the first one's that wanted it. File systems may take
// names for the same that differ in case, so none of them do here, on any.
// About 20 bytes for each page.
class TakenPlaces {
 public:
  // A page's place as a line of the list has it.
  static std::string line(const SavedName& name, const Url& url) {
    std::string text = name.path();
    if (is_usual_http(url)) text += kHttpMark;
    return text;
  }
  // Whether the place may be that page's; it is from then on.
  bool take(std::string_view line) {
    const std::uint64_t own = fingerprint(line).low;
    if (known_.contains(own)) return true;
    if (!known_.insert(of_any_case(line))) return false;
    known_.insert(own);
    return true;
  }
  // Whether that very page has it.
  bool has(std::string_view line) const {
    return known_.contains(fingerprint(line).low);
  }

 private:
  static std::uint64_t of_any_case(std::string_view line) {
    // No line begins so.
    return fingerprint(
               lower_case("/" + std::string(line.substr(0, line.find('\t')))))
        .low;
  }
  FingerprintSet known_;
};

// errno's values where something else is in the way of a name.
bool is_in_the_way(int error) {
  return error == ENOTDIR || error == EISDIR || error == ELOOP ||
         error == EEXIST || error == ENOTEMPTY || error == ENAMETOOLONG ||
         error == EMLINK;
}

class SavedPages final : public Sink {
 public:
  SavedPages(std::string folder, Descriptor root,
             std::unique_ptr<OutputStream> log, TakenPlaces places)
      : folder_(std::move(folder)),
        root_(std::move(root)),
        log_(std::move(log)),
        places_(std::move(places)) {}

  std::string_view name() const override { return "saved"; }

  Result<void> annotate(CrawlRecord& record) override {
    if (!record.ok || record.head || record.status_code / 100 != 2) return {};
    const std::optional<Url> url = Url::parse(record.url);
    if (!url) return {};
    const std::string& body =
        record.body_as_it_came ? *record.body_as_it_came : record.body;
    const SavedName first = first_choice(*url);
    if (auto written = write_part(body, first); !written) return written;
    const SavedName other = other_saved_name(*url);
    for (const SavedName& name :
         {first, beside(first), other, beside_host(other)}) {
      const std::string line = TakenPlaces::line(name, *url);
      if (!places_.take(line)) continue;
      const Result<bool> named = put_at(name, line);
      if (!named) return tl::unexpected(named.error());
      if (!*named) continue;
      record.file = name.path();
      return {};
    }
    return make_error(
        fmt::format("cannot save {}/{}: other files or links are in the way "
                    "wherever it might be",
                    folder_, first.path()));
  }

  Result<void> take(const Outcome& /*outcome*/) override { return {}; }

  // All files of the file system that it is in: each by itself would take as
  // long as a page does.
  Result<std::uint64_t> sync() override {
    if (changed_ && ::syncfs(root_.get()) != 0) {
      return tl::unexpected(fail(".", errno).error());
    }
    changed_ = false;
    if (auto synced = log_->sync(); !synced) {
      return tl::unexpected(synced.error());
    }
    return log_->length();
  }
  Result<void> close() override { return log_->close(); }

 private:
  Result<void> fail(const std::string& path, int error) {
    return make_error(
        fmt::format("cannot save {}/{}: {}", folder_, path, reason(error)));
  }

  SavedName first_choice(const Url& url) {
    SavedName name = saved_name(url);
    const std::string line = TakenPlaces::line(name, url);
    if (places_.take(line)) return name;
    // The line that a page of the other scheme has.
    const std::string path = name.path();
    const bool is_of_other_scheme =
        url.port().empty() &&
        places_.has(line == path ? path + std::string(kHttpMark) : path);
    return is_of_other_scheme ? saved_name_with_port(url)
                              : saved_name_with_hash(url);
  }

  Result<void> write_part(std::string_view body, const SavedName& name) {
    const auto begin = [&] {
      return Descriptor(uninterrupted([&] {
        return ::openat(root_.get(), kPart,
                        O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      }));
    };
    Descriptor file = begin();
    // Half of what was to be saved, or a link, or whatever else.
    if (file.get() < 0 && errno == EEXIST &&
        ::unlinkat(root_.get(), kPart, 0) == 0) {
      file = begin();
    }
    if (file.get() < 0) return fail(kPart, errno);
    while (!body.empty()) {
      const ssize_t count = uninterrupted(
          [&] { return ::write(file.get(), body.data(), body.size()); });
      if (count < 0) {
        const int error = errno;
        ::unlinkat(root_.get(), kPart, 0);
        return fail(name.path(), error);
      }
      body.remove_prefix(static_cast<std::size_t>(count));
    }
    changed_ = true;
    return {};
  }

  // False if something else is in the way.
  Result<bool> put_at(const SavedName& name, const std::string& line) {
    // What is on its way to this place is in the list before it is there.
    if (auto noted = log_->write(line + "\n"); !noted) {
      return tl::unexpected(noted.error());
    }
    if (auto noted = log_->flush(); !noted) {
      return tl::unexpected(noted.error());
    }
    const int error = give_name(name);
    if (error == 0) return true;
    if (is_in_the_way(error)) return false;
    ::unlinkat(root_.get(), kPart, 0);
    return tl::unexpected(fail(name.path(), error).error());
  }

  // errno's value, or 0.
  int give_name(const SavedName& name) {
    Descriptor folder(::fcntl(root_.get(), F_DUPFD_CLOEXEC, 0));
    for (const std::string& part : name.folders) {
      if (::mkdirat(folder.get(), part.c_str(), 0777) != 0 && errno != EEXIST) {
        return errno;
      }
      Descriptor next(uninterrupted([&] {
        return ::openat(folder.get(), part.c_str(),
                        O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      }));
      if (next.get() < 0) return errno;
      folder = std::move(next);
    }
    return ::renameat(root_.get(), kPart, folder.get(), name.file.c_str()) == 0
               ? 0
               : errno;
  }

  const std::string folder_;
  const Descriptor root_;
  const std::unique_ptr<OutputStream> log_;
  TakenPlaces places_;
  bool changed_ = false;
};

// Removes the files that were saved behind this position of the list; links on
// the way are not followed. How many there were.
std::uint64_t remove_saved(int root, const std::string& log,
                           std::uint64_t position) {
  std::uint64_t removed = 0;
  std::ifstream lines(log, std::ios::binary);
  lines.seekg(static_cast<std::streamoff>(position));
  for (std::string path; std::getline(lines, path);) {
    Descriptor folder(::fcntl(root, F_DUPFD_CLOEXEC, 0));
    std::string_view rest = path;
    rest = rest.substr(0, rest.find('\t'));
    for (std::size_t slash = rest.find('/'); slash != std::string_view::npos;
         slash = rest.find('/')) {
      const std::string part(rest.substr(0, slash));
      rest.remove_prefix(slash + 1);
      if (part.empty() || part == "." || part == "..") continue;
      folder =
          Descriptor(::openat(folder.get(), part.c_str(),
                              O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (folder.get() < 0) break;
    }
    if (folder.get() >= 0 && !rest.empty() &&
        ::unlinkat(folder.get(), std::string(rest).c_str(), 0) == 0) {
      ++removed;
    }
  }
  return removed;
}

std::string log_of(const std::string& folder) { return folder + "/.saved"; }

Descriptor open_folder(const std::string& folder) {
  return Descriptor(uninterrupted([&] {
    return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  }));
}

}  // namespace

Result<std::uint64_t> cut_saved_pages(const std::string& folder,
                                      std::uint64_t position) {
  const Descriptor root = open_folder(folder);
  if (root.get() < 0) {
    return make_error(fmt::format("cannot open {}: {}", folder, reason(errno)));
  }
  const std::uint64_t removed =
      remove_saved(root.get(), log_of(folder), position);
  if (auto cut = cut_output(log_of(folder), position); !cut) {
    return tl::unexpected(cut.error());
  }
  return removed;
}

Result<std::unique_ptr<Sink>> open_saved_pages(
    const std::string& folder, std::optional<std::uint64_t> position) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  Descriptor root = open_folder(folder);
  if (root.get() < 0) {
    return make_error(fmt::format("cannot save pages in {}: {}", folder,
                                  error ? error.message() : reason(errno)));
  }
  if (std::filesystem::is_symlink(log_of(folder), error)) {
    return make_error(fmt::format(
        "cannot save pages in {0}: {0}/.saved is a link to another file",
        folder));
  }
  TakenPlaces places;
  if (position) {
    if (auto cut = cut_saved_pages(folder, *position); !cut) {
      return tl::unexpected(cut.error());
    }
    std::ifstream lines(log_of(folder), std::ios::binary);
    for (std::string line; std::getline(lines, line);) places.take(line);
  }
  auto output = open_output(
      log_of(folder), position ? OutputMode::kAppend : OutputMode::kReplace);
  if (!output) return tl::unexpected(output.error());
  return std::make_unique<SavedPages>(folder, std::move(root),
                                      *std::move(output), std::move(places));
}

}  // namespace crawl
