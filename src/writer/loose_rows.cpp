#include "writer/loose_rows.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <utility>

namespace crawl {

int LooseRows::prepare(sqlite3* db, bool requests) {
  db_ = db;
  int code = listed_.prepare(db, "INSERT INTO sitemap_urls VALUES(?,?,?)");
  if (code == SQLITE_OK && requests) {
    code = request_.prepare(
        db, "INSERT INTO requests VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  }
  if (code == SQLITE_OK && requests) {
    code = slot_times_.prepare(
        db, "INSERT INTO slot_times VALUES(?,?,?,?,?,?,?,?,?,?)");
  }
  return code;
}

int LooseRows::run(Kind kind, Statement& row, Binder& values) {
  values.bind_texts();
  const int code = row.run();
  if (firsts_[kind] == 0) firsts_[kind] = sqlite3_last_insert_rowid(db_);
  return code;
}

int LooseRows::add_request(const KeptRequest& request, std::int64_t last) {
  Binder& values = request_values_;
  const auto phase = [&values](std::optional<double> seconds) {
    if (seconds) {
      values.seconds(*seconds);
    } else {
      values.null();
    }
  };
  values.begin();
  values.number(last + 1);
  values.text(request.url);
  values.seconds(
      std::chrono::duration<double>(request.begun.time_since_epoch()).count());
  if (request.status_code == 0) {
    values.null();
  } else {
    values.number(std::int64_t{request.status_code});
  }
  if (request.error == ErrorKind::kNone) {
    values.null();
  } else {
    values.text(to_string(request.error));
  }
  values.text(request.content_type);
  values.bytes(request.bytes);
  phase(request.phases.blocked);
  phase(request.phases.dns);
  phase(request.phases.connect);
  phase(request.phases.ssl);
  phase(request.phases.send);
  phase(request.phases.wait);
  phase(request.phases.receive);
  values.seconds(request.total);
  return run(kRequest, request_, values);
}

int LooseRows::add_listed(std::string_view url, std::string_view sitemap,
                          std::int64_t last) {
  listed_values_.begin();
  listed_values_.number(last + 1);
  listed_values_.text(url);
  listed_values_.text(sitemap);
  return run(kListed, listed_, listed_values_);
}

int LooseRows::add_slot_times(const SlotTimes& span, std::int64_t last) {
  slot_values_.begin();
  slot_values_.number(last + 1);
  slot_values_.seconds(
      std::chrono::duration<double>(span.begun.time_since_epoch()).count());
  for (const double part :
       {span.took, span.network, span.parsing, span.politeness, span.ordering,
        span.input, span.nothing, span.writing}) {
    slot_values_.seconds(part);
  }
  return run(kSlotTimes, slot_times_, slot_values_);
}

int LooseRows::tie(std::int64_t last) {
  static constexpr std::array<const char*, kKinds> kTables = {
      "requests", "sitemap_urls", "slot_times"};
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    const std::int64_t from = std::exchange(firsts_[kind], 0);
    if (from == 0) continue;
    const int code =
        execute(db_, fmt::format("UPDATE {} SET page={} WHERE rowid>={}",
                                 kTables[kind], last, from)
                         .c_str());
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

}  // namespace crawl
