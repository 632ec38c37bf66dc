#ifndef CRAWL_TESTS_SUPPORT_REFERENCE_ROBOTS_H_
#define CRAWL_TESTS_SUPPORT_REFERENCE_ROBOTS_H_

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crawl::testing {

// A second reading of RFC 9309, for comparison: all groups are kept as the file
// has them, and a path is matched by filling a table. As plain and as slow as
// can be. Reads bodies under 500 KiB.
class ReferenceRobots {
 public:
  ReferenceRobots(std::string body, std::string token) : token_(lower(token)) {
    for (const char c : std::string("\xef\xbb\xbf")) {
      if (!body.empty() && body[0] == c) body.erase(0, 1);
    }
    std::string line;
    for (std::size_t i = 0; i < body.size(); ++i) {
      if (body[i] == '\r' && i + 1 < body.size() && body[i + 1] == '\n') ++i;
      if (body[i] == '\n' || body[i] == '\r') {
        add_line(line);
        line.clear();
      } else {
        line += body[i];
      }
    }
    add_line(line);
  }

  bool allowed(const std::string& url_path) const {
    if (url_path == "/robots.txt") return true;
    std::vector<const Rule*> rules;
    bool named = false;
    for (const Group& group : groups_) named = named || has(group, token_);
    for (const Group& group : groups_) {
      if (!has(group, named ? token_ : "*")) continue;
      for (const Rule& rule : group.rules) rules.push_back(&rule);
    }
    std::size_t best = 0;
    bool answer = true;
    const std::string path =
        normal(url_path.empty() ? "/" : url_path, false, nullptr);
    for (const Rule* rule : rules) {
      std::size_t octets = 0;
      const std::string pattern = normal(rule->path, true, &octets);
      if (octets < best || (octets == best && !rule->allow)) continue;
      if (!rule_matches(pattern, path)) continue;
      best = octets;
      answer = rule->allow;
    }
    return answer;
  }

 private:
  struct Rule {
    bool allow;
    std::string path;
  };
  struct Group {
    std::vector<std::string> agents;
    std::vector<Rule> rules;
  };

  static std::string lower(std::string text) {
    for (char& c : text) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return text;
  }
  static std::string strip(const std::string& text) {
    const char* const kBlank = " \t\v\f";
    const std::size_t begin = text.find_first_not_of(kBlank);
    if (begin == std::string::npos) return "";
    return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
  }
  static bool has(const Group& group, const std::string& agent) {
    return std::find(group.agents.begin(), group.agents.end(), agent) !=
           group.agents.end();
  }
  static bool one_of(const std::string& key,
                     std::initializer_list<const char*> names) {
    return std::any_of(names.begin(), names.end(),
                       [&](const char* name) { return key == name; });
  }

  void add_line(std::string line) {
    line = line.substr(0, 16663);
    line = strip(line.substr(0, line.find('#')));
    std::string key, value;
    if (const std::size_t colon = line.find(':'); colon != std::string::npos) {
      key = strip(line.substr(0, colon));
      value = strip(line.substr(colon + 1));
    } else {
      const std::size_t blank = line.find_first_of(" \t");
      if (blank == std::string::npos) return;
      key = strip(line.substr(0, blank));
      value = strip(line.substr(blank));
      if (value.find_first_of(" \t") != std::string::npos) return;
    }
    key = lower(key);
    if (one_of(key, {"user-agent", "useragent", "user agent"})) {
      if (groups_.empty() || open_) groups_.emplace_back();
      open_ = false;
      std::string agent;
      if (value == "*" || value.substr(0, 2) == "* " ||
          value.substr(0, 2) == "*\t" || value.substr(0, 2) == "*\v" ||
          value.substr(0, 2) == "*\f") {
        agent = "*";
      } else {
        for (const char c : value) {
          if (!std::isalpha(static_cast<unsigned char>(c)) && c != '-' &&
              c != '_') {
            break;
          }
          agent += c;
        }
      }
      groups_.back().agents.push_back(lower(agent));
      return;
    }
    const bool allow = key == "allow";
    if (!allow && !one_of(key, {"disallow", "dissallow", "dissalow", "disalow",
                                "diasllow", "disallaw"})) {
      return;
    }
    open_ = true;
    if (groups_.empty() || value.empty()) return;
    groups_.back().rules.push_back({allow, value});
    const std::size_t slash = value.rfind('/');
    if (allow && slash != std::string::npos &&
        value.compare(slash, 10, "/index.htm") == 0) {
      groups_.back().rules.push_back({true, value.substr(0, slash + 1) + "$"});
    }
  }

  // RFC 9309 section 2.2.2's "path to match".
  static std::string normal(const std::string& path, bool pattern,
                            std::size_t* octets) {
    const std::string unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (std::size_t i = 0; i < path.size(); ++i) {
      if (pattern &&
          (path[i] == '*' || (path[i] == '$' && i + 1 == path.size()))) {
        out += path[i];
        if (octets != nullptr) ++*octets;
        continue;
      }
      unsigned octet = static_cast<unsigned char>(path[i]);
      bool encoded = false;
      unsigned value = 0;
      int used = 0;
      if (octet == '%' && i + 2 < path.size() &&
          std::isxdigit(static_cast<unsigned char>(path[i + 1])) &&
          std::isxdigit(static_cast<unsigned char>(path[i + 2])) &&
          std::sscanf(path.c_str() + i + 1, "%2x%n", &value, &used) == 1) {
        octet = value;
        encoded = true;
        i += 2;
      }
      const char c = static_cast<char>(octet);
      const bool plain =
          octet != 0 &&
          (unreserved.find(c) != std::string::npos ||
           (!encoded && std::string("/?&=+").find(c) != std::string::npos));
      if (plain) {
        out += c;
      } else {
        char buffer[4];
        std::snprintf(buffer, sizeof buffer, "%%%02X", octet);
        out += buffer;
      }
      if (octets != nullptr) {
        const bool outside = octet <= 32 || octet >= 127;
        *octets += !plain && (encoded || outside) ? 3 : 1;
      }
    }
    return out;
  }

  static std::string with_query_slashes(std::string path) {
    const std::size_t query = path.find('?');
    std::size_t at = query;
    while (query != std::string::npos &&
           (at = path.find("%2F", at)) != std::string::npos) {
      path.replace(at, 3, "/");
    }
    return path;
  }

  static bool rule_matches(const std::string& pattern,
                           const std::string& path) {
    const std::size_t query = pattern.find('?');
    if (query != std::string::npos &&
        pattern.substr(0, query).find("%2F") == std::string::npos &&
        with_query_slashes(pattern).find('/', query) != std::string::npos) {
      return glob(with_query_slashes(pattern), with_query_slashes(path));
    }
    return glob(pattern, path);
  }

  static bool glob(std::string pattern, const std::string& text) {
    if (!pattern.empty() && pattern.back() == '$') {
      pattern.pop_back();
    } else {
      pattern += '*';
    }
    // reached[j]: the pattern so far can match the first j octets.
    std::vector<bool> reached(text.size() + 1, false);
    reached[0] = true;
    for (const char c : pattern) {
      std::vector<bool> next(text.size() + 1, false);
      for (std::size_t j = 0; j <= text.size(); ++j) {
        if (c == '*') {
          next[j] = reached[j] || (j > 0 && next[j - 1]);
        } else {
          next[j] = j > 0 && reached[j - 1] && text[j - 1] == c;
        }
      }
      reached = next;
    }
    return reached[text.size()];
  }

  std::string token_;
  std::vector<Group> groups_;
  bool open_ = true;  // the next User-agent line starts another group
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_REFERENCE_ROBOTS_H_
