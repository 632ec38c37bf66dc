#include "cli/typed_args.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "base/ascii.h"
#include "cli/config_file.h"
#include "cli/shown_value.h"

namespace crawl::cli {
namespace {

// Passes through CLI11, which catches only what is its own.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

const OptionSpec* find_long(std::string_view name) {
  const auto options = all_options();
  const auto at = std::find_if(
      options.begin(), options.end(),
      [&](const OptionSpec& spec) { return spec.long_name == name; });
  return at == options.end() ? nullptr : &*at;
}

const OptionSpec* find_short(char name) {
  const auto options = all_options();
  const auto at = std::find_if(
      options.begin(), options.end(),
      [&](const OptionSpec& spec) { return spec.short_name == name; });
  return at == options.end() ? nullptr : &*at;
}

// The words of argv that CLI11 reads, the last first as it wants them, with
// "--name=" in two, since it takes the next word for its value. What comes
// after "--" goes to `inputs`.
std::vector<std::string> words_of(int argc, const char* const* argv,
                                  std::vector<std::string>& inputs) {
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--") {
      inputs.assign(argv + i + 1, argv + argc);
      break;
    }
    const std::size_t equals = word.find('=');
    const OptionSpec* spec = nullptr;
    if (word.starts_with("--") && equals != std::string::npos) {
      spec = find_long(word.substr(2, equals - 2));
    }
    if (spec != nullptr && !spec->takes_value()) {
      throw UsageError(fmt::format("--{} takes no value", spec->long_name));
    }
    if (spec != nullptr && equals + 1 == word.size()) {
      if (!spec->optional_value.empty()) {
        throw UsageError(
            fmt::format("--{}=: the value is missing", spec->long_name));
      }
      words.push_back(word.substr(0, equals));
      words.emplace_back();
    } else {
      words.push_back(word);
    }
  }
  std::reverse(words.begin(), words.end());
  return words;
}

CLI::Option* add_to(CLI::App& app, const OptionSpec& spec) {
  std::string name = fmt::format("--{}", spec.long_name);
  if (spec.short_name != '\0') {
    name = fmt::format("-{},{}", spec.short_name, name);
  }
  if (!spec.optional_value.empty()) {
    return app.add_flag(fmt::format("{}{{{}}}", name, spec.optional_value));
  }
  if (!spec.takes_value()) return app.add_flag(name);
  return app.add_option(name)->allow_extra_args(false)->multi_option_policy(
      std::holds_alternative<OptionSpec::Values>(spec.target)
          ? CLI::MultiOptionPolicy::TakeAll
          : CLI::MultiOptionPolicy::TakeLast);
}

void take_results(const OptionSpec& spec,
                  const std::vector<std::string>& results, TypedArgs& args) {
  if (results.empty()) return;
  if (const auto* flag = std::get_if<OptionSpec::Flag>(&spec.target)) {
    args.*(*flag) = true;
  } else if (const auto* counter =
                 std::get_if<OptionSpec::Counter>(&spec.target)) {
    args.*(*counter) = count_of(results);
  } else if (const auto* value = std::get_if<OptionSpec::Value>(&spec.target)) {
    args.*(*value) = results.back();
  } else if (const auto* values =
                 std::get_if<OptionSpec::Values>(&spec.target)) {
    args.*(*values) = results;
  }
}

// `last`: the last word, which is an option that waits for its value.
std::string missing_value(const std::string& last) {
  const OptionSpec* const spec = last.starts_with("--")
                                     ? find_long(last.substr(2))
                                     : find_short(last.back());
  if (spec == nullptr) return fmt::format("{} needs a value", last);
  return fmt::format("{0} needs a value: {0} {1}", last, spec->value_name);
}

std::string unknown_option(const std::string& word) {
  if (const std::string_view hint = elsewhere_hint(word); !hint.empty()) {
    return fmt::format("unknown option {}: {}", shown_value(word), hint);
  }
  const std::string name = word.substr(0, word.find('='));
  return fmt::format(
      "unknown option {}{}; crawl --help lists them all", shown_value(name),
      name.starts_with("--") ? did_you_mean(name.substr(2)) : std::string());
}

struct ConfigFile {
  std::string path;
  std::vector<ConfigEntry> entries;
};

ConfigFile read_file(const std::string& path) {
  if (const auto usable = check_config_file(path); !usable) {
    throw UsageError(usable.error().message);
  }
  std::ifstream in(path);
  auto entries = read_config(in, path);
  if (!entries) throw UsageError(entries.error().message);
  return {path, *std::move(entries)};
}

// What the first of `files` that names the option says of it.
TypedArgs::Setting from_files(const OptionSpec& spec,
                              const std::vector<ConfigFile>& files) {
  for (const ConfigFile& file : files) {
    for (const ConfigEntry& entry : file.entries) {
      if (entry.option != spec.long_name) continue;
      return {spec.long_name, entry.values,
              fmt::format("{}, line {}", file.path, entry.line)};
    }
  }
  return {spec.long_name, {}, ""};
}

TypedArgs parse(int argc, const char* const* argv,
                const std::string& default_config) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::vector<CLI::Option*> options;
  for (const OptionSpec& spec : all_options()) {
    options.push_back(add_to(app, spec));
  }

  TypedArgs args;
  std::vector<std::string> after_options;
  std::vector<std::string> words = words_of(argc, argv, after_options);
  const std::string last = words.empty() ? "" : words.front();
  try {
    app.parse(words);
  } catch (const CLI::ArgumentMismatch&) {
    // Every option takes whatever word comes next: only the last can miss it.
    throw UsageError(missing_value(last));
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  // INPUTs are what CLI11 leaves over: as a positional it would take those in
  // brackets for lists.
  for (const std::string& word : app.remaining()) {
    if (word.starts_with('-') && word != "-") {
      throw UsageError(unknown_option(word));
    }
    args.inputs.push_back(word);
  }
  args.inputs.insert(args.inputs.end(), after_options.begin(),
                     after_options.end());
  const auto given = [&](std::string_view name) {
    for (std::size_t i = 0; i < options.size(); ++i) {
      if (all_options()[i].long_name == name) return options[i]->results();
    }
    return std::vector<std::string>();
  };
  std::vector<ConfigFile> files;
  if (const auto named = given("config"); !named.empty()) {
    files.push_back(read_file(named.back()));
  }
  std::error_code ignored;
  if (given("no-config").empty() && !default_config.empty() &&
      std::filesystem::exists(default_config, ignored)) {
    files.push_back(read_file(default_config));
  }
  for (std::size_t i = 0; i < options.size(); ++i) {
    const OptionSpec& spec = all_options()[i];
    TypedArgs::Setting setting{spec.long_name, options[i]->results(),
                               std::string(kCommandLine)};
    if (setting.values.empty()) setting = from_files(spec, files);
    if (setting.values.empty()) continue;
    take_results(spec, setting.values, args);
    if (spec.in_config) args.settings.push_back(std::move(setting));
  }
  return args;
}

}  // namespace

int count_of(const std::vector<std::string>& values) {
  int count = 0;
  for (const std::string& value : values) {
    const bool digit = value.size() == 1 && is_ascii_digit(value[0]);
    count += digit ? value[0] - '0' : 1;
  }
  return count;
}

Result<TypedArgs> read_args(int argc, const char* const* argv,
                            const std::string& default_config) {
  try {
    return parse(argc, argv, default_config);
  } catch (const UsageError& error) {
    return make_error(error.what());
  }
}

}  // namespace crawl::cli
