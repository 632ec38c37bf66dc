#include "cli/config_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/ascii.h"
#include "cli/shown_value.h"
#include "writer/clean_text.h"

namespace crawl::cli {
namespace {

// The value in `text`, its quotes and a comment behind it taken off.
Result<std::string> read_value(std::string_view text) {
  text = trim(text, " \t\r");
  if (text.starts_with('"') || text.starts_with('\'')) {
    const char quote = text[0];
    std::string value;
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] == quote) {
        const std::string_view rest = trim(text.substr(i + 1), " \t\r");
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
      return std::string(trim(text.substr(0, i), " \t\r"));
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

tl::unexpected<Error> unknown_name(std::string_view name) {
  for (const OptionSpec& spec : all_options()) {
    if (name.size() != 1 || spec.short_name != name[0]) continue;
    return make_error(fmt::format(
        "'{}' is short for '{}', and only long names stand here: write {}{}",
        name, spec.long_name, spec.long_name,
        spec.takes_value() ? fmt::format(" = {}", spec.value_name) : ""));
  }
  const std::string_view hint = elsewhere_hint(fmt::format("--{}", name));
  return make_error(
      hint.empty()
          ? fmt::format("unknown option {}{}", shown_value(name),
                        did_you_mean(name))
          : fmt::format("unknown option {}: {}", shown_value(name), hint));
}

// The option of line `number` into `entries`.
Result<void> read_line(std::string_view line, std::size_t number,
                       std::vector<ConfigEntry>& entries) {
  const std::size_t equals = line.find('=');
  std::string_view name = trim(line.substr(0, equals), " \t\r");
  if (equals == std::string_view::npos) {
    name = trim(name.substr(0, name.find(" #")), " \t\r");
  }
  if (name.starts_with("--")) name.remove_prefix(2);
  const auto options = all_options();
  const auto option = std::find_if(
      options.begin(), options.end(),
      [&](const OptionSpec& spec) { return spec.long_name == name; });
  if (option == options.end()) return unknown_name(name);
  if (!option->in_config) {
    return make_error(
        fmt::format("'{}' belongs on the command line", option->long_name));
  }
  ConfigEntry entry{option->long_name, {}, number};
  if (equals == std::string_view::npos) {
    if (option->takes_value() && option->optional_value.empty()) {
      return make_error(fmt::format("'{0}' needs a value: {0} = {1}",
                                    option->long_name, option->value_name));
    }
    entry.values = {option->takes_value() ? std::string(option->optional_value)
                                          : "true"};
  } else {
    const auto value = read_value(line.substr(equals + 1));
    if (!value) return tl::unexpected(value.error());
    entry.values = {*value};
    if (!option->takes_value()) {
      const auto on = read_switch(*value);
      const bool counts =
          std::holds_alternative<OptionSpec::Counter>(option->target) &&
          value->size() == 1 && is_ascii_digit((*value)[0]);
      if (!on && !counts) {
        return make_error(
            fmt::format("'{}' is true or false", option->long_name));
      }
      if (on) entry.values = {"true"};
      if (on == false) entry.values.clear();
    }
  }
  const auto same = std::find_if(
      entries.begin(), entries.end(),
      [&](const ConfigEntry& other) { return other.option == entry.option; });
  if (same == entries.end()) {
    entries.push_back(std::move(entry));
  } else if (std::holds_alternative<OptionSpec::Values>(option->target)) {
    same->values.push_back(entry.values[0]);
  } else {
    return make_error(fmt::format("'{}' is there twice", option->long_name));
  }
  return {};
}

// Quoted as read_value() reads it.
std::string in_quotes(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

// `value` without what only its owner should see on a screen.
std::string without_secrets(std::string_view option, std::string_view value) {
  constexpr std::string_view kHidden = "(hidden)";
  if (option == "user") {
    return fmt::format("{}:{}", value.substr(0, value.find(':')), kHidden);
  }
  if (option == "header") {
    const std::string name =
        lower_case(std::string(value.substr(0, value.find(':'))));
    if (name == "authorization" || name == "cookie" ||
        name == "proxy-authorization") {
      return fmt::format("{}: {}", value.substr(0, value.find(':')), kHidden);
    }
  }
  const std::size_t at = value.rfind('@');
  if ((option == "proxy" || option == "shared") &&
      at != std::string_view::npos) {
    const std::size_t scheme = value.find("://");
    const std::size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
    return fmt::format("{}{}{}", value.substr(0, begin), kHidden,
                       value.substr(at));
  }
  return std::string(value);
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

Result<std::vector<ConfigEntry>> read_config(std::istream& in,
                                             const std::string& path) {
  std::vector<ConfigEntry> entries;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    std::string_view text = line;
    if (number == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    text = trim(text, " \t\r");
    if (text.empty() || text[0] == '#' || text[0] == ';') continue;
    if (const auto done = read_line(text, number, entries); !done) {
      return make_error(fmt::format("{}, line {}: {}", shown_value(path),
                                    number, done.error().message));
    }
  }
  return entries;
}

std::string default_config_path() {
  const auto folder = [](const char* name) {
    const char* const value = std::getenv(name);
    // The specification has relative paths be ignored.
    return value != nullptr && value[0] == '/' ? std::string(value) : "";
  };
  if (const std::string config = folder("XDG_CONFIG_HOME"); !config.empty()) {
    return config + "/crawl/config";
  }
  const std::string home = folder("HOME");
  return home.empty() ? "" : home + "/.config/crawl/config";
}

std::string print_config(
    const std::vector<TypedArgs::Setting>& settings,
    const std::string& default_config,
    const std::vector<std::pair<std::string, std::string>>& proxy_variables) {
  std::string out;
  if (!default_config.empty()) {
    std::error_code ignored;
    out += fmt::format("# {}: {}\n", default_config,
                       std::filesystem::exists(default_config, ignored)
                           ? "read"
                           : "not there");
  }
  const auto is_set = [&settings](std::string_view option) {
    return std::any_of(settings.begin(), settings.end(),
                       [option](const TypedArgs::Setting& setting) {
                         return setting.option == option;
                       });
  };
  for (const auto& [variable, value] : proxy_variables) {
    const bool names_exempt = lower_case(variable) == "no_proxy";
    if (is_set(names_exempt ? "noproxy" : "proxy")) continue;
    std::string shown;
    append_shown(in_quotes(without_secrets(names_exempt ? "" : "proxy", value)),
                 shown);
    out += fmt::format("# environment: {} = {}\n", variable, shown);
  }
  if (settings.empty()) out += "# every option has its default\n";
  const auto options = all_options();
  for (const TypedArgs::Setting& setting : settings) {
    const auto option = std::find_if(options.begin(), options.end(),
                                     [&](const OptionSpec& spec) {
                                       return spec.long_name == setting.option;
                                     });
    const bool counter =
        std::holds_alternative<OptionSpec::Counter>(option->target);
    for (const std::string& value : setting.values) {
      std::string line(setting.option);
      if (option->takes_value()) {
        line += " = " + in_quotes(without_secrets(setting.option, value));
      } else if (counter) {
        line += fmt::format(" = {}", count_of(setting.values));
      }
      std::string shown;
      append_shown(line, shown);
      out += fmt::format("{}  # {}\n", shown, setting.origin);
      if (counter) break;
    }
  }
  return out;
}

}  // namespace crawl::cli
