#include "base/json_library.h"
#include "check/check_format.h"
#include "writer/clean_text.h"

namespace crawl {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

// An entry may have more sources than memory should hold: its line leaves in
// pieces.
class CheckJsonl final : public CheckFormatter {
 public:
  explicit CheckJsonl(const CheckStyle& style) : style_(style) {}

  void begin(const CheckTotals& /*totals*/, std::string& /*out*/) override {}

  void entry(const CheckEntry& entry, std::string& out) override {
    rapidjson::StringBuffer buffer;
    Writer json(buffer);
    json.StartObject();
    text(json, "url", entry.url);
    text(json, "outcome", to_string(entry.outcome));
    text(json, "reason", entry.reason);
    text(json, "message", entry.message);
    json.Key("status_code");
    entry.status_code == 0 ? json.Null() : json.Int(entry.status_code);
    text(json, "final_url", entry.final_url);
    json.Key("redirects");
    json.StartArray();
    for (const RedirectHop& hop : entry.redirects) {
      json.StartObject();
      text(json, "url", hop.url);
      json.Key("status_code");
      json.Int(hop.status_code);
      text(json, "location", hop.location);
      json.EndObject();
    }
    json.EndArray();
    json.Key("advice");
    json.StartArray();
    for (const std::string_view name : advice_names(entry.advice)) {
      value(json, name);
    }
    json.EndArray();
    json.Key("known");
    json.Bool(entry.known);
    json.Key("links");
    json.Uint64(entry.links);
    append_clean_json({buffer.GetString(), buffer.GetSize()}, out);
    out += ",\"sources\":[";
    first_ = true;
  }

  void source(const CheckEntry& /*entry*/, const CheckSource& source,
              std::string& out) override {
    if (!std::exchange(first_, false)) out += ',';
    rapidjson::StringBuffer buffer;
    Writer json(buffer);
    json.StartObject();
    text(json, "page", shown_page(source.page, style_));
    number(json, "line", source.line);
    number(json, "column", source.column);
    text(json, "element", source.element);
    text(json, "attribute", source.attribute);
    text(json, "text", source.text);
    json.EndObject();
    append_clean_json({buffer.GetString(), buffer.GetSize()}, out);
  }

  void entry_end(const CheckEntry& /*entry*/, std::string& out) override {
    out += "]}\n";
  }

  void end(const CheckTotals& /*totals*/, std::string& /*out*/) override {}

 private:
  static void value(Writer& json, std::string_view text) {
    json.String(text.data() == nullptr ? "" : text.data(),
                static_cast<rapidjson::SizeType>(text.size()));
  }
  static void text(Writer& json, const char* key, std::string_view text) {
    json.Key(key);
    text.empty() ? static_cast<void>(json.Null()) : value(json, text);
  }
  static void number(Writer& json, const char* key, std::uint64_t number) {
    json.Key(key);
    number == 0 ? json.Null() : json.Uint64(number);
  }

  const CheckStyle style_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<CheckFormatter> make_check_jsonl(const CheckStyle& style) {
  return std::make_unique<CheckJsonl>(style);
}

}  // namespace crawl
