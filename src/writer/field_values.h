#ifndef CRAWL_WRITER_FIELD_VALUES_H_
#define CRAWL_WRITER_FIELD_VALUES_H_

#include <optional>
#include <string>
#include <string_view>

#include "crawl/base/fingerprint.h"
#include "crawl/writer/record.h"
#include "writer/field_id.h"
#include "writer/page_audit.h"

namespace crawl {

// Gives `sink` the value of one field by calling exactly one of its members:
//   null()  boolean(bool)  number(std::int64_t or std::uint64_t)
//   bytes(std::uint64_t)  seconds(double)  time(system_clock::time_point)
//   text(string_view)  redirects(..)  links(..)  headers(..)
//   extraction(..)  headings(..)  meta(..)  alternates(..)  json_texts(..)
//   names(..)
// So every format agrees on what is absent. Times, attempts and worker are
// absent from a record for which nothing was tried.
template <class Sink>
void visit_field(FieldId field, const CrawlRecord& record, Sink& sink) {
  const auto text_or_null = [&](std::string_view text) {
    if (text.empty()) {
      sink.null();
    } else {
      sink.text(text);
    }
  };
  const auto optional_text = [&](const std::optional<std::string>& text) {
    if (text) {
      sink.text(*text);
    } else {
      sink.null();
    }
  };
  const bool tried = record.attempts > 0;
  const auto seconds = [&](double value) {
    if (tried) {
      sink.seconds(value);
    } else {
      sink.null();
    }
  };
  const auto facts = [&](auto put) {
    if (record.extraction && record.extraction->facts) {
      put(*record.extraction->facts);
    } else {
      sink.null();
    }
  };
  const auto content = [&](auto put) {
    if (record.extraction && record.extraction->content) {
      put(*record.extraction->content);
    } else {
      sink.null();
    }
  };
  switch (field) {
    case FieldId::kUrl:
      return text_or_null(record.url);
    case FieldId::kInput:
      return text_or_null(record.input);
    case FieldId::kFinalUrl:
      return text_or_null(record.final_url);
    case FieldId::kStatusCode:
      if (record.status_code == 0) return sink.null();
      return sink.number(std::int64_t{record.status_code});
    case FieldId::kOk:
      return sink.boolean(record.ok);
    case FieldId::kError:
      if (record.error == ErrorKind::kNone) return sink.null();
      return sink.text(to_string(record.error));
    case FieldId::kErrorMessage:
      return text_or_null(record.error_message);
    case FieldId::kContentType:
      return text_or_null(record.content_type);
    case FieldId::kCharset:
      return optional_text(record.charset);
    case FieldId::kTitle:
      return optional_text(record.title);
    case FieldId::kDescription:
      return optional_text(record.description);
    case FieldId::kCanonical:
      return optional_text(record.canonical);
    case FieldId::kLang:
      return optional_text(record.lang);
    case FieldId::kLinkCount:
      if (!record.link_count) return sink.null();
      return sink.number(*record.link_count);
    case FieldId::kSizeDownload:
      return sink.bytes(record.size_download);
    case FieldId::kSizeBody:
      return sink.bytes(record.size_body);
    case FieldId::kTruncated:
      return sink.boolean(record.truncated);
    case FieldId::kRedirects:
      return sink.redirects(record.redirects);
    case FieldId::kHttpVersion:
      return text_or_null(record.http_version);
    case FieldId::kRemoteIp:
      return text_or_null(record.remote_ip);
    case FieldId::kAttempts:
      return sink.number(std::int64_t{record.attempts});
    case FieldId::kTimestamp:
      // That of what was read from an archive is the archive's.
      if (!tried && (!record.warc_offset ||
                     record.timestamp == decltype(record.timestamp)())) {
        return sink.null();
      }
      return sink.time(record.timestamp);
    case FieldId::kTimeQueue:
      return seconds(record.time_queue);
    case FieldId::kTimeNamelookup:
      return seconds(record.time_namelookup);
    case FieldId::kTimeConnect:
      return seconds(record.time_connect);
    case FieldId::kTimeAppconnect:
      return seconds(record.time_appconnect);
    case FieldId::kTimeStarttransfer:
      return seconds(record.time_starttransfer);
    case FieldId::kTimeTotal:
      return seconds(record.time_total);
    case FieldId::kDepth:
      return sink.number(std::int64_t{record.depth});
    case FieldId::kParent:
      return text_or_null(record.parent);
    case FieldId::kWorker:
      if (!tried) return sink.null();
      return sink.number(std::int64_t{record.worker});
    case FieldId::kContentLength:
      if (!record.content_length) return sink.null();
      return sink.bytes(*record.content_length);
    case FieldId::kLinks:
      return sink.links(record.links);
    case FieldId::kHeaders:
      return sink.headers(record.headers);
    case FieldId::kBody:
      if (record.status_code == 0) return sink.null();
      return sink.text(record.body);
    case FieldId::kBodyDigest:
      if (!record.body_digest) return sink.null();
      return sink.text(to_hex(*record.body_digest));
    case FieldId::kParser:
      return optional_text(record.parser);
    case FieldId::kDuplicateOf:
      return optional_text(record.duplicate_of);
    case FieldId::kExtracted:
      if (!record.extraction) return sink.null();
      return sink.extraction(*record.extraction);
    case FieldId::kExtractError:
      if (!record.extraction) return sink.null();
      return text_or_null(record.extraction->error);
    case FieldId::kHeadings:
      return facts([&](const PageFacts& f) { sink.headings(f.headings); });
    case FieldId::kMeta:
      return facts([&](const PageFacts& f) { sink.meta(f.meta); });
    case FieldId::kAlternates:
      return facts([&](const PageFacts& f) { sink.alternates(f.alternates); });
    case FieldId::kJsonLd:
      return facts([&](const PageFacts& f) { sink.json_texts(f.json_ld); });
    case FieldId::kJsonLdBroken:
      return facts([&](const PageFacts& f) { sink.number(f.json_ld_broken); });
    case FieldId::kWarcFile:
      return text_or_null(record.warc_file);
    case FieldId::kWarcOffset:
      if (!record.warc_offset) return sink.null();
      return sink.number(*record.warc_offset);
    case FieldId::kFile:
      return text_or_null(record.file);
    case FieldId::kText:
      return content([&](const PageContent& c) { optional_text(c.text); });
    case FieldId::kMarkdown:
      return content([&](const PageContent& c) { optional_text(c.markdown); });
    case FieldId::kWordCount:
      return content([&](const PageContent& c) {
        if (!c.words) return sink.null();
        sink.number(*c.words);
      });
    case FieldId::kTextDigest:
      return content([&](const PageContent& c) {
        if (!c.digest) return sink.null();
        sink.text(to_hex(*c.digest));
      });
    case FieldId::kPublished:
      return content([&](const PageContent& c) { text_or_null(c.published); });
    case FieldId::kModified:
      return content([&](const PageContent& c) { text_or_null(c.modified); });
    case FieldId::kAuthor:
      return content([&](const PageContent& c) { text_or_null(c.author); });
    case FieldId::kAudit:
      if (!record.ok) return sink.null();
      return sink.names(page_findings(record));
    case FieldId::kCount:
      break;
  }
  sink.null();
}

}  // namespace crawl

#endif  // CRAWL_WRITER_FIELD_VALUES_H_
