#include "parse/text/encoding.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/ucnv_err.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>

#include "base/ascii.h"
#include "crawl/base/utf8.h"
#include "parse/text/byte_scan.h"
#include "parse/text/encoding_tables.h"

// The single-byte encodings are tables: exactly the standard's, and a string of
// a page is converted without opening anything. The characters of the
// multi-byte ones are ICU's. Measured against the standard's indexes, ICU's
// euc-jp, iso-2022-jp, shift_jis, gb18030 and euc-kr agree (but for the private
// use areas) where glibc's iconv lacks hundreds of the NEC and IBM characters;
// of big5, both lack about 150 rare HKSCS ones. libxml2 already brings ICU
// along.

namespace crawl {
namespace {

struct ConverterCloser {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, ConverterCloser>;

const EncodingInfo& info_of(std::string_view encoding) {
  const EncodingInfo* found = encoding_named(encoding);
  return found != nullptr ? *found : *encoding_named("windows-1252");
}

// ICU's own substitution writes U+001A for some.
void replace_invalid(const void* /*context*/, UConverterToUnicodeArgs* args,
                     const char* /*units*/, std::int32_t /*length*/,
                     UConverterCallbackReason reason, UErrorCode* error) {
  if (reason > UCNV_IRREGULAR) return;
  *error = U_ZERO_ERROR;
  const UChar replacement = 0xFFFD;
  ucnv_cbToUWriteUChars(args, &replacement, 1, 0, error);
}

Converter open_converter(const char* name) {
  UErrorCode error = U_ZERO_ERROR;
  Converter converter(ucnv_open(name, &error));
  if (U_FAILURE(error)) return nullptr;
  return converter;
}

void append_single_byte(std::string_view bytes, const HighHalf& high,
                        std::string& out) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out.push_back(c);
    } else {
      append_utf8(high[byte - 0x80U], out);
    }
  }
}

void append_user_defined(std::string_view bytes, std::string& out) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    append_utf8(byte < 0x80 ? byte : 0xF780U + byte - 0x80U, out);
  }
}

void append_by_library(std::string_view bytes, const char* name,
                       std::string& out) {
  const Converter from = open_converter(name);
  const Converter to = open_converter("UTF-8");
  if (!from || !to) {  // ICU's data is not there: better some text than none
    append_replacing_invalid_utf8(bytes, out);
    return;
  }
  UErrorCode error = U_ZERO_ERROR;
  ucnv_setToUCallBack(from.get(), replace_invalid, nullptr, nullptr, nullptr,
                      &error);
  std::array<UChar, 1024> pivot;
  UChar* pivot_source = pivot.data();
  UChar* pivot_target = pivot.data();
  std::array<char, 4096> chunk;
  const char* source = bytes.data();
  bool first = true;
  do {
    error = U_ZERO_ERROR;
    char* target = chunk.data();
    ucnv_convertEx(to.get(), from.get(), &target, target + chunk.size(),
                   &source, bytes.data() + bytes.size(), pivot.data(),
                   &pivot_source, &pivot_target, pivot.data() + pivot.size(),
                   static_cast<UBool>(first), 1, &error);
    first = false;
    out.append(chunk.data(), static_cast<std::size_t>(target - chunk.data()));
  } while (error == U_BUFFER_OVERFLOW_ERROR);
}

void append_query_byte(unsigned char byte, std::string& out) {
  constexpr std::string_view kEncoded = " \"#<>'";
  if (byte < 0x21 || byte > 0x7E ||
      kEncoded.find(static_cast<char>(byte)) != std::string_view::npos) {
    append_percent(out, static_cast<char>(byte));
  } else {
    out.push_back(static_cast<char>(byte));
  }
}

void append_query_reference(char32_t code_point, std::string& out) {
  out.append("%26%23");
  out.append(std::to_string(static_cast<std::uint32_t>(code_point)));
  out.append("%3B");
}

// The characters of `utf8` as `converter` writes them together; false if it
// cannot write one of them.
bool append_converted_query(std::string_view utf8, UConverter* converter,
                            std::string& out) {
  std::u16string units;
  while (!utf8.empty()) {
    const Utf8Sequence next = first_utf8_sequence(utf8);
    utf8.remove_prefix(next.size);
    if (next.code_point < 0x10000) {
      units.push_back(static_cast<char16_t>(next.code_point));
    } else {
      const char32_t rest = next.code_point - 0x10000;
      units.push_back(static_cast<char16_t>(0xD800 + (rest >> 10U)));
      units.push_back(static_cast<char16_t>(0xDC00 + (rest & 0x3FFU)));
    }
  }
  UErrorCode error = U_ZERO_ERROR;
  ucnv_reset(converter);
  std::string bytes(units.size() * 8 + 16, '\0');
  const std::int32_t size = ucnv_fromUChars(
      converter, bytes.data(), static_cast<std::int32_t>(bytes.size()),
      units.data(), static_cast<std::int32_t>(units.size()), &error);
  if (U_FAILURE(error)) return false;
  for (std::int32_t i = 0; i < size; ++i) {
    append_query_byte(
        static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]), out);
  }
  return true;
}

}  // namespace

bool reads_in_place(std::string_view encoding) {
  const EncodingKind kind = info_of(encoding).kind;
  return kind == EncodingKind::kUtf8 || kind == EncodingKind::kSingleByte ||
         kind == EncodingKind::kUserDefined || kind == EncodingKind::kMultiByte;
}

void append_decoded(std::string_view bytes, std::string_view encoding,
                    std::string& out, Behind behind) {
  const EncodingInfo& info = info_of(encoding);
  switch (info.kind) {
    case EncodingKind::kUtf8:
      append_replacing_invalid_utf8(bytes, out);
      break;
    case EncodingKind::kSingleByte:
      append_single_byte(bytes, *info.high, out);
      break;
    case EncodingKind::kUserDefined:
      append_user_defined(bytes, out);
      break;
    case EncodingKind::kMultiByte:
      append_multi_byte(bytes, info.multi_byte, behind, out);
      break;
    case EncodingKind::kLibrary:
      append_by_library(bytes, info.icu_name, out);
      break;
    case EncodingKind::kReplacement:
      if (!bytes.empty()) out.append(kReplacementCharacter);
      break;
  }
}

std::size_t bom_size(std::string_view bytes, std::string_view encoding) {
  if (encoding == "utf-8" && bytes.starts_with("\xEF\xBB\xBF")) return 3;
  if (encoding == "utf-16be" && bytes.starts_with("\xFE\xFF")) return 2;
  if (encoding == "utf-16le" && bytes.starts_with("\xFF\xFE")) return 2;
  return 0;
}

bool encodes_queries_as_utf8(std::string_view encoding) {
  return encoding == "utf-8" || encoding == "replacement" ||
         encoding == "utf-16le" || encoding == "utf-16be";
}

void append_encoded_query(std::string_view utf8, std::string_view encoding,
                          std::string& out) {
  const EncodingInfo& info = info_of(encoding);
  Converter converter;
  if (info.icu_name != nullptr) {
    converter = open_converter(info.icu_name);
    UErrorCode error = U_ZERO_ERROR;
    if (converter) {
      ucnv_setFromUCallBack(converter.get(), UCNV_FROM_U_CALLBACK_STOP, nullptr,
                            nullptr, nullptr, &error);
    }
  }
  const auto append_one = [&](std::string_view character) {
    const char32_t code_point = first_utf8_sequence(character).code_point;
    if (info.kind == EncodingKind::kSingleByte) {
      const auto* const found =
          std::find(info.high->begin(), info.high->end(), code_point);
      if (found != info.high->end() && code_point != 0xFFFD) {
        append_query_byte(
            static_cast<unsigned char>(0x80 + (found - info.high->begin())),
            out);
        return;
      }
    } else if (info.kind == EncodingKind::kUserDefined) {
      if (code_point >= 0xF780 && code_point <= 0xF7FF) {
        append_query_byte(
            static_cast<unsigned char>(code_point - 0xF780 + 0x80), out);
        return;
      }
    } else if (converter &&
               append_converted_query(character, converter.get(), out)) {
      return;
    }
    append_query_reference(code_point, out);
  };

  while (!utf8.empty()) {
    const auto size = static_cast<std::size_t>(
        std::find_if(utf8.begin(), utf8.end(), bytes::is_not_ascii) -
        utf8.begin());
    out.append(utf8.substr(0, size));
    utf8.remove_prefix(size);
    const auto run_size = static_cast<std::size_t>(
        std::find_if_not(utf8.begin(), utf8.end(), bytes::is_not_ascii) -
        utf8.begin());
    std::string_view run = utf8.substr(0, run_size);
    utf8.remove_prefix(run_size);
    if (run.empty()) continue;
    // Together first: iso-2022-jp changes its mode once for the whole run.
    if (converter && append_converted_query(run, converter.get(), out))
      continue;
    while (!run.empty()) {
      const unsigned character = first_utf8_sequence(run).size;
      append_one(run.substr(0, character));
      run.remove_prefix(character);
    }
  }
}

}  // namespace crawl
