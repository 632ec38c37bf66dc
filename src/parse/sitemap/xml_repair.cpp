#include "parse/sitemap/xml_repair.h"

#include <algorithm>

#include "base/ascii.h"
#include "parse/sitemap/xml_reference.h"

namespace crawl {
namespace {

bool begins_name(char c) {
  return is_ascii_letter(c) || c == '_' || c == ':' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::size_t newlines(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::string_view name_of(std::string_view text) {
  return text.substr(0, text.find_first_of(" \t\r\n/>&"));
}

// Where the tag that starts at text[0] ends (its '>' or, broken off, the next
// '<'), or npos.
std::size_t tag_end(std::string_view text) {
  char quote = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '<') return i;
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return i;
    }
  }
  return std::string_view::npos;
}

}  // namespace

bool XmlRepair::feed(std::string_view bytes, std::string& out) {
  std::string joined;
  std::string_view text = bytes;
  if (!held_.empty()) {
    joined = std::move(held_);
    joined += bytes;
    held_.clear();
    text = joined;
  }
  while (!text.empty() && trouble_.empty() && !closed_) {
    if (!until_.empty()) {
      const std::size_t end = text.find(until_);
      std::size_t size = end + until_.size();
      if (end == std::string_view::npos) {
        // All but what may be the beginning of the end.
        size = text.size() - std::min(text.size(), until_.size() - 1);
        held_ = text.substr(size);
      } else {
        until_ = {};
      }
      out += text.substr(0, size);
      take(text.substr(0, size));
      if (end == std::string_view::npos) return true;
      text.remove_prefix(size);
      continue;
    }
    const std::size_t angle = std::min(text.find('<'), text.size());
    const std::size_t plain =
        references(text.substr(0, angle), angle < text.size(), out);
    take(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const std::size_t used = plain < angle ? 0 : markup(text, out);
    if (used == 0) {
      held_ = text;
      break;
    }
    take(text.substr(0, used));
    text.remove_prefix(used);
  }
  return trouble_.empty();
}

std::size_t XmlRepair::markup(std::string_view text, std::string& out) {
  struct Section {
    std::string_view begin, end;
  };
  static constexpr Section kSections[] = {
      {"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
  for (const Section& section : kSections) {
    if (text.starts_with(section.begin)) {
      until_ = section.end;
      out += section.begin;
      return section.begin.size();
    }
    if (section.begin.starts_with(text)) return 0;
  }
  if (text.starts_with("</")) return end_tag(text, out);
  return begins_name(text[1]) ? start_tag(text, out) : not_markup(out);
}

std::size_t XmlRepair::start_tag(std::string_view text, std::string& out) {
  const std::size_t end = tag_end(text.substr(0, kMaxTag));
  if (end == std::string_view::npos) {
    return text.size() < kMaxTag ? 0 : fail("a tag does not end");
  }
  if (text[end] == '<') return not_markup(out);
  if (text[end - 1] != '/') {
    if (open_.size() == kMaxDepth) {
      return fail("elements are nested too deeply");
    }
    open_.emplace_back(name_of(text.substr(1, end)));
  } else if (open_.empty()) {
    closed_ = true;
  }
  return references(text.substr(0, end + 1), true, out);
}

std::size_t XmlRepair::end_tag(std::string_view text, std::string& out) {
  const std::size_t end = text.substr(0, kMaxTag).find_first_of("<>", 1);
  if (end == std::string_view::npos) {
    return text.size() < kMaxTag ? 0 : fail("a tag does not end");
  }
  const std::string_view name = name_of(text.substr(2, end - 2));
  const auto found = std::find(open_.rbegin(), open_.rend(), name);
  // Broken off, it still says what it closes.
  const std::size_t used = text[end] == '>' ? end + 1 : end;
  if (found == open_.rend()) {
    repaired();
    return used;
  }
  if (found != open_.rbegin() || text[end] != '>') repaired();
  const auto left = static_cast<std::size_t>(open_.rend() - found) - 1;
  while (open_.size() > left) {
    out += "</";
    out += open_.back();
    out += '>';
    open_.pop_back();
  }
  closed_ = open_.empty();
  return used;
}

std::size_t XmlRepair::not_markup(std::string& out) {
  repaired();
  out += "&#60;";
  return 1;
}

std::size_t XmlRepair::references(std::string_view text, bool all,
                                  std::string& out) {
  std::size_t at = 0;
  while (true) {
    const std::size_t next = std::min(text.find('&', at), text.size());
    out += text.substr(at, next - at);
    at = next;
    if (at == text.size()) return at;
    const XmlReference reference = match_xml_reference(text.substr(at));
    const bool unfinished = reference.size == XmlReference::kUnfinished;
    if (unfinished && !all) return at;
    if (unfinished || reference.size == 0) {
      repaired(text.substr(0, at));
      out += "&#38;";
      ++at;
    } else {
      out += reference.numeric;
      at += reference.size;
    }
  }
}

std::size_t XmlRepair::fail(std::string_view why) {
  trouble_ = why;
  return 1;
}

void XmlRepair::take(std::string_view text) { lines_ += newlines(text); }

void XmlRepair::repaired(std::string_view before) {
  if (repaired_after_ != std::string::npos) return;
  repaired_after_ = lines_ + newlines(before);
}

}  // namespace crawl
