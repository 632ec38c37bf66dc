#include "cli/typed_args.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

#include "cli/config_file.h"
#include "cli/shown_value.h"

namespace crawl::cli {
namespace {

// Passes through CLI11, which catches only what is its own.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class ConfigReader final : public CLI::Config {
 public:
  explicit ConfigReader(const CLI::App& app) : app_(app) {}

  std::string to_config(const CLI::App*, bool, bool,
                        std::string) const override {
    return "";
  }
  std::vector<CLI::ConfigItem> from_config(std::istream& in) const override {
    auto read = read_config(in, app_.get_config_ptr()->results().back());
    if (!read) throw UsageError(read.error().message);
    return *std::move(read);
  }

 private:
  const CLI::App& app_;
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
  if (std::holds_alternative<std::monostate>(spec.target)) {
    return app.set_config(name)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
        ->check(CLI::Validator(
            [](std::string& path) {
              const auto usable = check_config_file(path);
              if (!usable) throw UsageError(usable.error().message);
              return std::string();
            },
            ""));
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
    for (const std::string& result : results) {
      // "true" for each time on the command line; a digit from a config file.
      const bool digit =
          result.size() == 1 && result[0] >= '0' && result[0] <= '9';
      args.*(*counter) += digit ? result[0] - '0' : 1;
    }
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
  const std::string name = word.substr(0, word.find('='));
  return fmt::format(
      "unknown option {}{}; crawl --help lists them all", shown_value(name),
      name.starts_with("--") ? did_you_mean(name.substr(2)) : std::string());
}

TypedArgs parse(int argc, const char* const* argv) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  app.config_formatter(std::make_shared<ConfigReader>(app));
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
  for (std::size_t i = 0; i < options.size(); ++i) {
    take_results(all_options()[i], options[i]->results(), args);
  }
  if (const auto& named = app.get_config_ptr()->results(); !named.empty()) {
    args.config = named.back();
  }
  return args;
}

}  // namespace

Result<TypedArgs> read_args(int argc, const char* const* argv) {
  try {
    return parse(argc, argv);
  } catch (const UsageError& error) {
    return make_error(error.what());
  }
}

}  // namespace crawl::cli
