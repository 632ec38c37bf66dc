#ifndef CRAWL_ARCHIVE_WARC_KEEPER_H_
#define CRAWL_ARCHIVE_WARC_KEEPER_H_

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "archive/warc_record.h"
#include "base/gzip_member.h"
#include "base/sha1.h"
#include "crawl/writer/exchange.h"

namespace crawl {

// Makes WARC records of exchanges: a request, a response and a metadata record,
// each a gzip member of its own if they are to be packed. Any thread.
class WarcKeeper final : public ExchangeKeeper {
 public:
  explicit WarcKeeper(bool pack);
  ~WarcKeeper() override;

  std::shared_ptr<const KeptExchange> keep(
      const WireExchange& exchange) const override;

 private:
  // What one exchange at a time needs.
  struct Tools {
    GzipMember packer;
    Sha1 sha1;
    std::string record, member;  // room to work in
  };
  std::unique_ptr<Tools> take_tools() const;
  // Appends the record, of a block in two parts, as it goes to the file;
  // `store`: as a member, but not made any smaller.
  void append(Tools& tools, WarcRecord& record, bool store,
              std::string& records, std::string_view block,
              std::string_view more = {}) const;

  // Captures that were written, whose room is used again: what one thread asks
  // for and another frees is costly.
  class Captures;

  const bool pack_;
  const RecordIds ids_;
  const std::shared_ptr<Captures> captures_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Tools>> idle_;  // guarded by mutex_
};

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_WARC_KEEPER_H_
