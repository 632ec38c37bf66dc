#include "cli/documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "cli/help.h"
#include "cli/shown_value.h"
#include "cli/typed_args.h"
#include "crawl/writer/fields.h"

#if !defined(CRAWL_VERSION) || !defined(CRAWL_HOME_PAGE)
#error "the build defines CRAWL_VERSION and CRAWL_HOME_PAGE"
#endif

namespace crawl::cli {
namespace {

std::string replaced(std::string_view text, char from, std::string_view to) {
  std::string out;
  for (const char c : text) {
    if (c == from) {
      out += to;
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::vector<const OptionSpec*> shown_options() {
  std::vector<const OptionSpec*> shown;
  for (const OptionSpec& spec : all_options()) {
    if (!spec.hidden) shown.push_back(&spec);
  }
  return shown;
}

bool is_file(const OptionSpec& spec) { return spec.value_name == "FILE"; }

// --- crawl(1), in man(7)'s macros

std::string roff(std::string_view text) {
  std::string out = replaced(text, '\\', "\\e");
  out = replaced(out, '-', "\\-");
  out = replaced(out, '~', "\\(ti");
  out = replaced(out, '^', "\\(ha");
  out = replaced(out, '\'', "\\(aq");
  return out.starts_with('.') ? "\\&" + out : out;
}

std::string manual_page() {
  // No date: the same sources make the same page.
  std::string out = fmt::format(
      ".TH CRAWL 1 \"\" \"crawl {}\" \"User Commands\"\n"
      ".SH NAME\ncrawl \\- fetch many URLs or whole sites, one record for "
      "each\n"
      ".SH SYNOPSIS\n.B crawl\n[\\fIOPTIONS\\fR] \\fIINPUT\\fR...\n"
      ".SH DESCRIPTION\n",
      CRAWL_VERSION);
  for (const std::string_view paragraph : description()) {
    out += fmt::format(".PP\n{}\n", roff(paragraph));
  }
  out += ".SH OPTIONS\n";
  std::optional<OptionSpec::Group> group;
  for (const OptionSpec* spec : shown_options()) {
    if (group != spec->group) {
      group = spec->group;
      out += fmt::format(".SS {}\n", title_of(spec->group));
    }
    std::string name = fmt::format("\\-\\-{}", roff(spec->long_name));
    if (spec->short_name != '\0') {
      name = fmt::format("\\-{}\\fR, \\fB{}", spec->short_name, name);
    }
    std::string value;
    if (spec->takes_value()) {
      value =
          fmt::format("{}\\fI{}\\fR", spec->optional_value.empty() ? " " : "",
                      roff(spec->value_name));
    }
    out +=
        fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", name, value, roff(spec->help));
  }
  out += fmt::format(".PP\n{}\n", roff(about_values()));
  out +=
      ".SH FIELDS\nA record has these fields, those marked with * only on "
      "demand\n(\\fB\\-\\-fields\\fR +\\fINAME\\fR).\n";
  for (const FieldInfo& field : all_fields()) {
    out += fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", roff(field.name),
                       field.by_default ? "" : " *", roff(field.meaning));
  }
  out += ".SH EXIT STATUS\n";
  for (const ExitStatusText& status : exit_statuses()) {
    out += fmt::format(".TP\n.B {}\n{}\n", status.number, roff(status.meaning));
  }
  out += fmt::format(".PP\n{}\n", roff(about_interrupts()));
  out +=
      ".SH ENVIRONMENT\n"
      ".TP\n.B NO_COLOR\nNo colours, if set to anything.\n"
      ".TP\n.B http_proxy, https_proxy, all_proxy, no_proxy\nProxies, and the "
      "hosts asked without one, unless \\fB\\-\\-proxy\\fR and "
      "\\fB\\-\\-noproxy\\fR say so.\n"
      ".TP\n.B XDG_CONFIG_HOME\nWhere the folder \\fIcrawl\\fR with the "
      "configuration is.\n"
      ".SH FILES\n"
      ".TP\n.I \\(ti/.config/crawl/config\nOptions that always apply, one a "
      "line, as in a \\fB\\-\\-config\\fR file.\n"
      ".SH EXAMPLES\n";
  for (const std::string_view example : examples()) {
    out += fmt::format(".PP\n.EX\n{}\n.EE\n", roff(example));
  }
  out +=
      fmt::format(".SH SEE ALSO\n\\fBcurl\\fR(1), \\fBwget\\fR(1)\n.PP\n{}\n",
                  roff(CRAWL_HOME_PAGE));
  return out;
}

// --- completions

std::string bash_completion() {
  std::string names;
  std::string files;
  std::string any;
  std::string cases;
  for (const OptionSpec* spec : shown_options()) {
    std::string both = fmt::format("--{}", spec->long_name);
    names += fmt::format("{}--{}", names.empty() ? "" : " ", spec->long_name);
    if (spec->short_name != '\0') {
      names += fmt::format(" -{}", spec->short_name);
      both += fmt::format("|-{}", spec->short_name);
    }
    if (!spec->takes_value() || !spec->optional_value.empty()) continue;
    if (!spec->choices.empty()) {
      cases += fmt::format(
          "    {})\n      COMPREPLY=($(compgen -W '{}' -- \"$cur\"))\n"
          "      return\n      ;;\n",
          both, spec->choices);
    } else {
      std::string& kind = is_file(*spec) ? files : any;
      kind += fmt::format("{}{}", kind.empty() ? "" : "|", both);
    }
  }
  return fmt::format(
      R"(# bash completion for crawl(1), made from its table of options
_crawl() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}}
  COMPREPLY=()
  case $prev in
{}    {})
      COMPREPLY=($(compgen -f -- "$cur"))
      return
      ;;
    {})
      return
      ;;
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W '{}' -- "$cur"))
  else
    COMPREPLY=($(compgen -f -- "$cur"))
  fi
}}
complete -o filenames -F _crawl crawl
)",
      cases, files, any, names);
}

// In single quotes, within brackets or after a colon.
std::string zsh_quoted(std::string_view text) {
  std::string out = replaced(text, '\'', "'\\''");
  out = replaced(out, '[', "\\[");
  out = replaced(out, ']', "\\]");
  return replaced(out, ':', "\\:");
}

std::string zsh_completion() {
  std::string out =
      "#compdef crawl\n"
      "# zsh completion for crawl(1), made from its table of options\n"
      "_arguments -s -S \\\n";
  for (const OptionSpec* spec : shown_options()) {
    std::string value;
    if (spec->takes_value()) {
      const std::string name = zsh_quoted(spec->value_name);
      const std::string action = !spec->choices.empty()
                                     ? fmt::format("({})", spec->choices)
                                 : is_file(*spec) ? "_files"
                                                  : " ";
      value = fmt::format("{}:{}:{}", spec->optional_value.empty() ? "" : ":",
                          name, action);
    }
    const bool repeats =
        std::holds_alternative<OptionSpec::Values>(spec->target) ||
        std::holds_alternative<OptionSpec::Counter>(spec->target);
    const std::string help = zsh_quoted(spec->help);
    const std::string_view equals = !spec->takes_value()           ? ""
                                    : spec->optional_value.empty() ? "="
                                                                   : "=-";
    if (spec->short_name != '\0') {
      const std::string both =
          fmt::format("-{} --{}", spec->short_name, spec->long_name);
      const std::string group = repeats ? "*" : fmt::format("({})", both);
      out += fmt::format("  '{}-{}{}[{}]{}' \\\n", group, spec->short_name,
                         spec->takes_value() ? "+" : "", help, value);
      out += fmt::format("  '{}--{}{}[{}]{}' \\\n", group, spec->long_name,
                         equals, help, value);
    } else {
      out += fmt::format("  '{}--{}{}[{}]{}' \\\n", repeats ? "*" : "",
                         spec->long_name, equals, help, value);
    }
  }
  return out + "  '*:INPUT:_files'\n";
}

std::string fish_quoted(std::string_view text) {
  return "'" + replaced(replaced(text, '\\', "\\\\"), '\'', "\\'") + "'";
}

std::string fish_completion() {
  std::string out =
      "# fish completion for crawl(1), made from its table of options\n";
  for (const OptionSpec* spec : shown_options()) {
    out += fmt::format("complete -c crawl -l {}", spec->long_name);
    if (spec->short_name != '\0') {
      out += fmt::format(" -s {}", spec->short_name);
    }
    if (spec->takes_value() && spec->optional_value.empty()) {
      if (!spec->choices.empty()) {
        out += fmt::format(" -x -a {}", fish_quoted(spec->choices));
      } else {
        out += is_file(*spec) ? " -r -F" : " -x";
      }
    }
    out += fmt::format(" -d {}\n", fish_quoted(spec->help));
  }
  return out;
}

}  // namespace

Result<std::string> make_document(std::string_view kind) {
  if (kind == "man") return manual_page();
  if (kind == "bash") return bash_completion();
  if (kind == "zsh") return zsh_completion();
  if (kind == "fish") return fish_completion();
  return make_error(fmt::format("--generate {}: give man, bash, zsh or fish",
                                shown_value(kind)));
}

}  // namespace crawl::cli
