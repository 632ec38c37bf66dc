#include "cli/config_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "cli/shown_value.h"
#include "cli/typed_args.h"

namespace crawl::cli {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// The value in `text`, its quotes and a comment behind it taken off.
Result<std::string> read_value(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('"') || text.starts_with('\'')) {
    const char quote = text[0];
    std::string value;
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] == quote) {
        const std::string_view rest = trimmed(text.substr(i + 1));
        if (rest.empty() || rest[0] == '#') return value;
        return make_error("there is more behind the closing quote");
      }
      // Only double quotes know a backslash.
      const bool escape = quote == '"' && text[i] == '\\' &&
                          i + 1 < text.size() &&
                          (text[i + 1] == '"' || text[i + 1] == '\\');
      value.push_back(text[escape ? ++i : i]);
    }
    return make_error("the closing quote is missing");
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '#' && (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\t'))
      return std::string(trimmed(text.substr(0, i)));
  }
  return std::string(text);
}

std::optional<bool> read_switch(std::string_view value) {
  for (const char* yes : {"true", "yes", "on", "1"}) {
    if (value == yes) return true;
  }
  for (const char* no : {"false", "no", "off", "0"}) {
    if (value == no) return false;
  }
  return std::nullopt;
}

// One line's option into `items`.
Result<void> read_line(std::string_view line,
                       std::vector<CLI::ConfigItem>& items) {
  const std::size_t equals = line.find('=');
  std::string_view name = trimmed(line.substr(0, equals));
  if (equals == std::string_view::npos) {
    name = trimmed(name.substr(0, name.find(" #")));
  }
  if (name.starts_with("--")) name.remove_prefix(2);
  const auto options = all_options();
  const auto option = std::find_if(
      options.begin(), options.end(),
      [&](const OptionSpec& spec) { return spec.long_name == name; });
  if (option == options.end()) {
    return make_error(fmt::format("unknown option {}{}", shown_value(name),
                                  did_you_mean(name)));
  }
  if (!option->in_config) {
    return make_error(
        fmt::format("'{}' belongs on the command line", option->long_name));
  }
  CLI::ConfigItem item;
  item.name = name;
  const bool alone = equals == std::string_view::npos;
  if (alone && option->takes_value() && option->optional_value.empty()) {
    return make_error(fmt::format("'{0}' needs a value: {0} = {1}",
                                  option->long_name, option->value_name));
  }
  if (alone) {
    item.inputs = {option->takes_value() ? std::string(option->optional_value)
                                         : "true"};
    items.push_back(std::move(item));
    return {};
  }
  const auto value = read_value(line.substr(equals + 1));
  if (!value) return tl::unexpected(value.error());
  item.inputs = {*value};
  if (!option->takes_value()) {
    const auto on = read_switch(*value);
    const bool counts =
        std::holds_alternative<OptionSpec::Counter>(option->target) &&
        value->size() == 1 && (*value)[0] >= '0' && (*value)[0] <= '9';
    if (!on && !counts) {
      return make_error(
          fmt::format("'{}' is true or false", option->long_name));
    }
    if (on == false) return {};
    if (on) item.inputs = {"true"};
  }
  // CLI11 adds to an option only once: repetitions have to come together.
  const auto same = std::find_if(
      items.begin(), items.end(),
      [&](const CLI::ConfigItem& other) { return other.name == item.name; });
  if (same == items.end()) {
    items.push_back(std::move(item));
  } else if (std::holds_alternative<OptionSpec::Values>(option->target)) {
    same->inputs.push_back(item.inputs[0]);
  } else {
    return make_error(fmt::format("'{}' is there twice", option->long_name));
  }
  return {};
}

}  // namespace

Result<void> check_config_file(const std::string& path) {
  struct stat about {};
  const std::ifstream file(path);
  int error = 0;
  if (!file || ::stat(path.c_str(), &about) != 0) {
    error = errno;
  } else if (S_ISDIR(about.st_mode)) {
    error = EISDIR;
  }
  if (error == 0) return {};
  return make_error(fmt::format("--config {}: {}", shown_value(path),
                                std::generic_category().message(error)));
}

Result<std::vector<CLI::ConfigItem>> read_config(std::istream& in,
                                                 const std::string& path) {
  std::vector<CLI::ConfigItem> items;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    std::string_view text = line;
    if (number == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    text = trimmed(text);
    if (text.empty() || text[0] == '#' || text[0] == ';') continue;
    if (const auto done = read_line(text, items); !done) {
      return make_error(fmt::format("{}, line {}: {}", shown_value(path),
                                    number, done.error().message));
    }
  }
  return items;
}

}  // namespace crawl::cli
