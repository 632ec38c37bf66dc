#include "crawl/writer/har_output.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "writer/har_entry.h"
#include "writer/json_encoder.h"

namespace crawl {
namespace {

constexpr std::string_view kBegin =
    R"({"log":{"version":"1.2","creator":{"name":"crawl","version":)";
constexpr std::string_view kEntries = R"(},"entries":[)";
constexpr std::string_view kEnd = "\n]}}\n";

class HarExchange final : public KeptExchange {
 public:
  explicit HarExchange(std::string entry) : entry_(std::move(entry)) {}
  std::size_t memory() const override { return entry_.capacity(); }
  const std::string& entry() const { return entry_; }

 private:
  const std::string entry_;
};

class HarKeeper final : public ExchangeKeeper {
 public:
  std::shared_ptr<const KeptExchange> keep(
      const WireExchange& exchange) const override {
    return std::make_shared<const HarExchange>(har_entry(exchange));
  }
};

// `size` bytes of the file from `at` on, or what there are of them.
std::string bytes_of(const std::string& path, std::uint64_t at,
                     std::size_t size) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  std::string bytes(size, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(
      static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return bytes;
}

bool is_har(const std::string& path) {
  return bytes_of(path, 0, kBegin.size()) == kBegin;
}

// What is gathered before it is written.
constexpr std::size_t kPiece = std::size_t{64} << 10U;

class HarSink final : public Sink {
 public:
  explicit HarSink(std::string path) : path_(std::move(path)) {}
  ~HarSink() override {
    // Without close() there is nobody left to tell.
    if (output_) static_cast<void>(end());
  }

  Result<void> open(const HarOptions& options);

  std::string_view name() const override { return "har"; }
  Result<void> take(const Outcome&) override { return {}; }
  Result<void> keep(const KeptExchange& exchange) override;
  Result<void> flush() override { return put(); }
  Result<std::uint64_t> sync() override;
  Result<void> close() override;

 private:
  Result<void> begin(const std::string& version);
  Result<void> go_on(std::uint64_t length);
  Result<void> put();
  Result<void> end();
  void mend() const;
  auto refuse(std::string_view why) const {
    return make_error(fmt::format(
        "cannot go on with HAR file {}: {}; it was left as it is, name "
        "another, or begin anew",
        path_, why));
  }

  const std::string path_;
  std::unique_ptr<OutputStream> output_;
  std::string pending_;
  std::uint64_t length_ = 0;  // of what is written, the closing brackets aside
  bool has_entries_ = false;
  bool ended_ = false;  // the closing brackets are there
};

Result<void> HarSink::open(const HarOptions& options) {
  const std::uint64_t position = options.position.value_or(0);
  const bool keeps = position > 0 ||
                     (!options.position && options.mode == OutputMode::kAppend);
  Result<std::unique_ptr<OutputStream>> output =
      open_output(path_, keeps ? OutputMode::kAppend : OutputMode::kReplace,
                  OutputUnit::kWrite);
  if (!output) return tl::unexpected(output.error());
  const std::uint64_t there = (*output)->length();
  if (keeps && (there > 0 || position > 0)) {
    if (!is_har(path_)) return refuse("it is none that crawl has written");
    std::uint64_t length = position;
    if (!options.position) {
      if (bytes_of(path_, there - kEnd.size(), kEnd.size()) != kEnd) {
        return refuse("its end is missing");
      }
      length = there - kEnd.size();
    }
    if (there < length) {
      return refuse(
          fmt::format("it has {} bytes, but had {} at the state's last commit",
                      there, length));
    }
    output_ = *std::move(output);
    return go_on(length);
  }
  output_ = *std::move(output);
  return begin(options.version);
}

Result<void> HarSink::begin(const std::string& version) {
  JsonEncoder json;
  json.text(version);
  pending_ = fmt::format("{}{}{}", kBegin, json.str(), kEntries);
  return output_->can_cut() ? put() : Result<void>();
}

Result<void> HarSink::go_on(std::uint64_t length) {
  length_ = length;
  has_entries_ = bytes_of(path_, length - 1, 1) != "[";
  Result<void> done = output_->cut(length);
  return done ? put() : done;
}

Result<void> HarSink::keep(const KeptExchange& exchange) {
  const auto* const kept = dynamic_cast<const HarExchange*>(&exchange);
  if (kept == nullptr) return {};
  pending_ += std::exchange(has_entries_, true) ? ",\n" : "\n";
  pending_ += kept->entry();
  return pending_.size() < kPiece ? Result<void>() : put();
}

// The brackets go out with what they close, so that the file is whole JSON but
// for the moment in which it grows. What goes down a pipe has them once.
Result<void> HarSink::put() {
  const bool cuts = output_->can_cut();
  if (pending_.empty() && (ended_ || !cuts)) return output_->flush();
  Result<void> done;
  if (std::exchange(ended_, false)) done = output_->cut(length_);
  if (done) {
    done =
        output_->write(cuts ? fmt::format("{}{}", pending_, kEnd) : pending_);
  }
  if (done) done = output_->flush();
  if (!done) {
    if (cuts) mend();
    return done;
  }
  length_ += pending_.size();
  pending_.clear();
  ended_ = cuts;
  return {};
}

// After an error: on a full disk there is still room for what was there.
void HarSink::mend() const {
  std::error_code error;
  std::filesystem::resize_file(path_, length_, error);
  if (!error) std::ofstream(path_, std::ios::binary | std::ios::app) << kEnd;
}

Result<void> HarSink::end() {
  Result<void> done = put();
  if (!done || std::exchange(ended_, true)) return done;
  return output_->write(kEnd);
}

Result<std::uint64_t> HarSink::sync() {
  if (Result<void> done = put(); !done) return tl::unexpected(done.error());
  if (Result<void> synced = output_->sync(); !synced) {
    return tl::unexpected(synced.error());
  }
  return length_;
}

Result<void> HarSink::close() {
  if (Result<void> ended = end(); !ended) return ended;
  return output_->close();
}

}  // namespace

std::shared_ptr<const ExchangeKeeper> make_har_keeper() {
  return std::make_shared<const HarKeeper>();
}

Result<std::uint64_t> cut_har(const HarOptions& options) {
  HarOptions there = options;
  there.position = options.position.value_or(0);
  const auto fail = [&](std::string_view why) {
    return make_error(fmt::format("cannot cut {}: {}", there.path, why));
  };
  std::error_code error;
  const std::uint64_t before = std::filesystem::file_size(there.path, error);
  if (error) return fail(error.message());
  if (before > 0 && !is_har(there.path)) return fail("it is no HAR of crawl");
  const Result<std::unique_ptr<Sink>> har = open_har(there);
  if (!har) return tl::unexpected(har.error());
  if (Result<void> closed = (*har)->close(); !closed) {
    return tl::unexpected(closed.error());
  }
  const std::uint64_t after = std::filesystem::file_size(there.path, error);
  if (error) return fail(error.message());
  return before > after ? before - after : 0;
}

Result<std::unique_ptr<Sink>> open_har(const HarOptions& options) {
  auto sink = std::make_unique<HarSink>(options.path);
  if (Result<void> opened = sink->open(options); !opened) {
    return tl::unexpected(opened.error());
  }
  return std::unique_ptr<Sink>(std::move(sink));
}

}  // namespace crawl
