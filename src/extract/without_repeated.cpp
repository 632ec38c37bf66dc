#include "extract/without_repeated.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "crawl/base/url.h"

namespace crawl {

WithoutRepeated::WithoutRepeated(const WithoutRepeatedOptions& options,
                                 HeldRecords held, std::unique_ptr<Sink> sink)
    : held_(std::move(held)),
      sink_(std::move(sink)),
      names_(std::make_shared<const std::vector<std::string>>(options.names)),
      skips_(options.skips),
      ordered_(options.ordered) {
  ContentWishes wishes = options.content;
  wishes.origin = wishes.again = false;
  reader_.want_content(wishes);
}

Result<std::unique_ptr<WithoutRepeated>> WithoutRepeated::open(
    const WithoutRepeatedOptions& options, const OpenSink& open_sink) {
  Result<HeldRecords> held = HeldRecords::open(options.path, options.position);
  if (!held) return tl::unexpected(held.error());
  Result<std::unique_ptr<Sink>> sink = open_sink();
  if (!sink) return tl::unexpected(sink.error());
  return std::unique_ptr<WithoutRepeated>(
      new WithoutRepeated(options, *std::move(held), *std::move(sink)));
}

Result<void> WithoutRepeated::take(const Outcome& outcome) {
  if (!outcome.is_record && !skips_) return {};
  return held_.add(outcome);
}

Result<void> WithoutRepeated::listed(std::string_view url,
                                     std::string_view sitemap) {
  return skips_ ? held_.add_listed(url, sitemap) : Result<void>();
}

Result<void> WithoutRepeated::clean(CrawlRecord& record) {
  if (!record.extraction) return {};
  record.extraction->names = names_;
  if (!record.extraction->content || !record.extraction->content->again) {
    return {};
  }
  PageContent& content = *record.extraction->content;
  const PageAgain page = *std::exchange(content.again, std::nullopt);
  const Result<const BlockSet*> repeated = held_.repeated(record.final_url);
  if (!repeated) return tl::unexpected(repeated.error());
  const auto is_repeated = [&](BlockKey block) {
    return (*repeated)->contains(block);
  };
  if ((*repeated)->empty() ||
      (page.all_blocks &&
       std::none_of(page.blocks.begin(), page.blocks.end(), is_repeated))) {
    return {};
  }
  const std::optional<Url> url = Url::parse(record.final_url);
  if (!url) return {};
  PageContent without = reader_.content_without(**repeated, page, *url);
  const bool is_changed =
      std::tie(without.text, without.markdown, without.words, without.digest) !=
      std::tie(content.text, content.markdown, content.words, content.digest);
  if (is_changed) ++changed_;
  content.text = std::move(without.text);
  content.markdown = std::move(without.markdown);
  content.words = without.words;
  content.digest = without.digest;
  return {};
}

Result<void> WithoutRepeated::close() {
  HeldRecords::Visitor visitor;
  visitor.record = [&](CrawlRecord& record, bool is_record) -> Result<bool> {
    Result<void> done = clean(record);
    if (done) done = sink_->take({record, is_record});
    if (!done) return tl::unexpected(done.error());
    return !sink_->closed_by_reader();
  };
  visitor.listed = [&](std::string_view url,
                       std::string_view sitemap) -> Result<bool> {
    Result<void> done = sink_->listed(url, sitemap);
    if (!done) return tl::unexpected(done.error());
    return true;
  };
  // Whoever goes on with it has all of this, whatever comes of the sink.
  Result<void> done = held_.sync().map([](std::uint64_t) {});
  if (done) done = held_.look();
  if (done) done = held_.each(ordered_, visitor);
  if (!done) return done;
  return sink_->close();
}

}  // namespace crawl
