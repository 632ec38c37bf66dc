#include "archive/warc_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <iterator>
#include <random>

#include "base/sha1_both.h"
#include "crawl/base/fingerprint.h"

namespace crawl {

WarcRecord::WarcRecord(std::string_view type, std::string& room) : text_(room) {
  text_ = "WARC/1.1\r\n";
  add("WARC-Type", type);
}

WarcRecord& WarcRecord::add(std::string_view name, std::string_view value) {
  text_.append(name).append(": ");
  const std::size_t begin = text_.size();
  text_.append(value);
  bool any = false;  // without a way out it is done for many bytes at a time
  for (const char c : value) any |= static_cast<unsigned char>(c) < ' ';
  if (any) {
    std::replace_if(
        text_.begin() + static_cast<std::ptrdiff_t>(begin), text_.end(),
        [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  }
  text_.append("\r\n");
  return *this;
}

WarcRecord& WarcRecord::add_lines(std::string_view lines) {
  text_.append(lines);
  return *this;
}

std::string_view WarcRecord::head(std::size_t block_bytes) {
  fmt::format_to(std::back_inserter(text_), "Content-Length: {}\r\n\r\n",
                 block_bytes);
  return text_;
}

std::string_view WarcRecord::end(std::string_view block,
                                 std::string_view more) {
  head(block.size() + more.size());
  text_.reserve(text_.size() + block.size() + more.size() +
                kWarcRecordEnd.size());
  text_.append(block).append(more).append(kWarcRecordEnd);
  return text_;
}

WarcDigest warc_digest(const Sha1Digest& digest) {
  WarcDigest text("sha1:                                ");
  to_base32(digest).text().copy(text.data() + 5, 32);
  return text;
}

WarcDigest warc_digest(Sha1& sha1, std::string_view bytes) {
  // Of few bytes that is quicker than a context made ready by OpenSSL.
  return warc_digest(sha1_of_both(sha1, bytes, {}).message);
}

WarcDate warc_date(std::chrono::system_clock::time_point time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<microseconds>(time - day));
  WarcDate text("0000-00-00T00:00:00.000000Z");
  const auto put = [&](std::size_t at, std::size_t width, auto number) {
    text.put_decimal(at, width, static_cast<std::uint64_t>(number));
  };
  put(0, 4, static_cast<int>(date.year()));
  put(5, 2, static_cast<unsigned>(date.month()));
  put(8, 2, static_cast<unsigned>(date.day()));
  put(11, 2, clock.hours().count());
  put(14, 2, clock.minutes().count());
  put(17, 2, clock.seconds().count());
  put(20, 6, clock.subseconds().count());
  return text;
}

std::optional<std::chrono::system_clock::time_point> parse_warc_date(
    std::string_view text) {
  using namespace std::chrono;
  std::string digits;
  std::int64_t fraction = 0;
  std::int64_t unit = 100'000'000;
  bool in_fraction = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      if (!in_fraction) {
        digits += c;
      } else if (unit > 0) {
        fraction += (c - '0') * unit;
        unit /= 10;
      }
    } else if (c == '.') {
      in_fraction = true;
    } else if (std::string_view("-T:Z ").find(c) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  // WARC/1.1 has years, months and so on too; ARC minutes.
  constexpr std::string_view kFirst = "00000101000000";
  if (digits.size() >= 4 && digits.size() % 2 == 0 &&
      digits.size() < kFirst.size()) {
    digits += kFirst.substr(digits.size());
  }
  if (digits.size() != 14) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t size) {
    int value = 0;
    for (const char c : digits.substr(at, size)) value = value * 10 + (c - '0');
    return value;
  };
  const year_month_day date(year(number(0, 4)),
                            month(static_cast<unsigned>(number(4, 2))),
                            day(static_cast<unsigned>(number(6, 2))));
  if (!date.ok() || number(8, 2) > 23 || number(10, 2) > 59 ||
      number(12, 2) > 60) {
    return std::nullopt;
  }
  // Years that 64 bits of nanoseconds do not reach are none of the web's.
  if (date.year() < year(1980) || date.year() > year(2200)) return std::nullopt;
  return system_clock::time_point(duration_cast<system_clock::duration>(
      sys_days(date).time_since_epoch() + hours(number(8, 2)) +
      minutes(number(10, 2)) + seconds(number(12, 2)) + nanoseconds(fraction)));
}

void WarcCapture::clear() {
  for (std::string* text : {&url, &content_type, &records, &lines, &head}) {
    text->clear();
  }
  status_code = 0;
  may_be_referred_to = false;
  request_bytes = response_bytes = 0;
}

struct RecordIds::Impl {
  std::uint64_t seed[2];
  std::atomic<std::uint64_t> count{0};
};

RecordIds::RecordIds() : impl_(std::make_shared<Impl>()) {
  std::random_device random;
  for (std::uint64_t& half : impl_->seed) {
    half = std::uint64_t{random()} << 32U | random();
  }
}

WarcId RecordIds::next() const {
  const std::uint64_t text[3] = {impl_->seed[0], impl_->seed[1],
                                 impl_->count.fetch_add(1)};
  const Fingerprint bits =
      fingerprint({reinterpret_cast<const char*>(text), sizeof text});
  WarcId id("<urn:uuid:00000000-0000-4000-0000-000000000000>");
  id.put_hex(10, 8, bits.high >> 32U);
  id.put_hex(19, 4, bits.high >> 16U);
  id.put_hex(25, 3, bits.high);
  id.put_hex(29, 4, (bits.low >> 48U & 0x3FFFU) | 0x8000U);
  id.put_hex(34, 12, bits.low);
  return id;
}

}  // namespace crawl
