#include "crawl/writer/har_output.h"

#include <fmt/format.h>

#include <fstream>
#include <string>
#include <string_view>
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
  Result<void> flush() override { return output_->flush(); }
  Result<std::uint64_t> sync() override;
  Result<void> close() override;

 private:
  Result<void> begin(const std::string& version);
  Result<void> go_on(std::uint64_t length);
  Result<void> write(std::string_view text) {
    length_ += text.size();
    return output_->write(text);
  }
  Result<void> end();
  auto refuse(std::string_view why) const {
    return make_error(fmt::format(
        "cannot go on with HAR file {}: {}; it was left as it is, name "
        "another, or begin anew",
        path_, why));
  }

  const std::string path_;
  std::unique_ptr<OutputStream> output_;
  std::uint64_t length_ = 0;  // the closing brackets aside
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
    if (bytes_of(path_, 0, kBegin.size()) != kBegin) {
      return refuse("it is none that crawl has written");
    }
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
  return write(fmt::format("{}{}{}", kBegin, json.str(), kEntries));
}

Result<void> HarSink::go_on(std::uint64_t length) {
  length_ = length;
  has_entries_ = bytes_of(path_, length - 1, 1) != "[";
  return output_->cut(length);
}

Result<void> HarSink::keep(const KeptExchange& exchange) {
  const auto* const kept = dynamic_cast<const HarExchange*>(&exchange);
  if (kept == nullptr) return {};
  if (std::exchange(ended_, false)) {
    if (Result<void> cut = output_->cut(length_); !cut) return cut;
  }
  return write((std::exchange(has_entries_, true) ? ",\n" : "\n") +
               kept->entry());
}

Result<void> HarSink::end() {
  if (std::exchange(ended_, true)) return {};
  return output_->write(kEnd);
}

// What goes down a pipe has its end there once.
Result<std::uint64_t> HarSink::sync() {
  if (output_->can_cut()) {
    if (Result<void> ended = end(); !ended) {
      return tl::unexpected(ended.error());
    }
  }
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

Result<std::unique_ptr<Sink>> open_har(const HarOptions& options) {
  auto sink = std::make_unique<HarSink>(options.path);
  if (Result<void> opened = sink->open(options); !opened) {
    return tl::unexpected(opened.error());
  }
  return std::unique_ptr<Sink>(std::move(sink));
}

}  // namespace crawl
