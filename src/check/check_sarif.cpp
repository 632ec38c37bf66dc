#include <array>
#include <string>

#include "base/json_library.h"
#include "check/check_format.h"
#include "writer/clean_text.h"

namespace crawl {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

struct Rule {
  const char* id;
  const char* level;
  const char* text;
};
constexpr std::array<Rule, 4> kRules = {{
    {"broken-link", "error", "A link that leads nowhere."},
    {"inconclusive-link", "warning",
     "A link whose target does not say whether it is there."},
    {"link-advice", "note", "A link that works and could be better."},
    {"known-broken-link", "note", "A broken link that the baseline has too."},
}};

std::size_t rule_of(const CheckEntry& entry) {
  switch (entry.outcome) {
    case CheckOutcome::kBroken:
      return entry.known ? 3 : 0;
    case CheckOutcome::kInconclusive:
      return 1;
    default:
      return 2;
  }
}

// Static Analysis Results Interchange Format 2.1.0 (OASIS), a result for each
// link: there the code is to be mended.
class CheckSarif final : public CheckFormatter {
 public:
  explicit CheckSarif(const CheckStyle& style) : style_(style) {}

  void begin(const CheckTotals& /*totals*/, std::string& out) override {
    rapidjson::StringBuffer buffer;
    Writer json(buffer);
    json.StartObject();
    key_text(json, "name", "crawl");
    key_text(json, "version", style_.version);
    json.Key("rules");
    json.StartArray();
    for (const Rule& rule : kRules) {
      json.StartObject();
      key_text(json, "id", rule.id);
      message(json, "shortDescription", rule.text);
      json.Key("defaultConfiguration");
      json.StartObject();
      key_text(json, "level", rule.level);
      json.EndObject();
      json.EndObject();
    }
    json.EndArray();
    json.EndObject();
    out +=
        "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\","
        "\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":";
    append_clean_json({buffer.GetString(), buffer.GetSize()}, out);
    out += "},\"columnKind\":\"unicodeCodePoints\",\"results\":[";
  }

  void source(const CheckEntry& entry, const CheckSource& source,
              std::string& out) override {
    if (!is_listed(entry, style_)) return;
    if (!std::exchange(first_, false)) out += ",\n";
    const std::size_t rule = rule_of(entry);
    rapidjson::StringBuffer buffer;
    Writer json(buffer);
    json.StartObject();
    key_text(json, "ruleId", kRules[rule].id);
    json.Key("ruleIndex");
    json.Uint64(rule);
    key_text(json, "level", kRules[rule].level);
    std::string sentence = entry.url;
    if (const std::string why = sentence_of(entry); !why.empty()) {
      sentence += ": " + why;
    }
    // A "[" would begin a link in a message (section 3.11.6).
    std::string plain;
    for (const char c : sentence) {
      if (c == '[' || c == ']' || c == '\\') plain += '\\';
      plain += c;
    }
    message(json, "message", plain);
    json.Key("locations");
    json.StartArray();
    json.StartObject();
    json.Key("physicalLocation");
    json.StartObject();
    json.Key("artifactLocation");
    json.StartObject();
    // Who gave a URL to check has no page it is on.
    key_text(json, "uri",
             page_reference(source.line == 0 && source.element == "input"
                                ? std::string_view(entry.url)
                                : source.page,
                            style_));
    json.EndObject();
    if (source.line != 0) {
      json.Key("region");
      json.StartObject();
      json.Key("startLine");
      json.Uint64(source.line);
      json.Key("startColumn");
      json.Uint64(source.column);
      json.EndObject();
    }
    json.EndObject();
    json.EndObject();
    json.EndArray();
    json.EndObject();
    append_clean_json({buffer.GetString(), buffer.GetSize()}, out);
  }

  void end(const CheckTotals& totals, std::string& out) override {
    out += "],\"invocations\":[{\"executionSuccessful\":";
    if (totals.not_asked == 0) {
      out += "true";
    } else {
      out +=
          "false,\"toolExecutionNotifications\":[{\"level\":\"warning\","
          "\"message\":{\"text\":\"" +
          totals_line(totals) + "\"}}]";
    }
    out += "}]}]}\n";
  }

 private:
  static void key_text(Writer& json, const char* key, std::string_view text) {
    json.Key(key);
    json.String(text.data() == nullptr ? "" : text.data(),
                static_cast<rapidjson::SizeType>(text.size()));
  }
  static void message(Writer& json, const char* key, std::string_view text) {
    json.Key(key);
    json.StartObject();
    key_text(json, "text", text);
    json.EndObject();
  }

  const CheckStyle style_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<CheckFormatter> make_check_sarif(const CheckStyle& style) {
  return std::make_unique<CheckSarif>(style);
}

}  // namespace crawl
