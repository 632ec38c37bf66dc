#ifndef CRAWL_WRITER_FIELD_ID_H_
#define CRAWL_WRITER_FIELD_ID_H_

#include <cstdint>

namespace crawl {

// The fields in the order of all_fields(): a value is an index into it.
enum class FieldId : std::uint8_t {
  kUrl,
  kInput,
  kFinalUrl,
  kStatusCode,
  kOk,
  kError,
  kErrorMessage,
  kContentType,
  kCharset,
  kTitle,
  kDescription,
  kCanonical,
  kLang,
  kLinkCount,
  kSizeDownload,
  kSizeBody,
  kTruncated,
  kRedirects,
  kHttpVersion,
  kRemoteIp,
  kAttempts,
  kTimestamp,
  kTimeQueue,
  kTimeNamelookup,
  kTimeConnect,
  kTimeAppconnect,
  kTimeStarttransfer,
  kTimeTotal,
  kDepth,
  kParent,
  kWorker,
  // On demand.
  kContentLength,
  kLinks,
  kHeaders,
  kBody,
  kBodyDigest,
  kParser,
  kDuplicateOf,
  kExtracted,
  kExtractError,
  kHeadings,
  kMeta,
  kAlternates,
  kJsonLd,
  kJsonLdBroken,
  kWarcFile,
  kWarcOffset,
  kFile,
  kText,
  kMarkdown,
  kWordCount,
  kTextDigest,
  kPublished,
  kModified,
  kAuthor,
  kAudit,
  kCount,
};

}  // namespace crawl

#endif  // CRAWL_WRITER_FIELD_ID_H_
