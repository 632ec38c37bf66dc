#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/page_frame.h"
#include "report/sections.h"
#include "writer/site_audit.h"

namespace crawl {
namespace {

constexpr std::int64_t kFindings = 25;
// Beyond, only how many there are is said of each kind.
constexpr std::size_t kMostBytes = 400'000;
// Folders that are told apart; what is in others counts where they are in.
constexpr std::size_t kMostFolders = 20'000;
constexpr std::size_t kDeepest = 6;
constexpr std::size_t kLongestName = 120;
// Folders that are shown.
constexpr std::size_t kMostShown = 1'000;
constexpr std::size_t kMostInOne = 50;

struct Folder {
  std::uint64_t pages = 0;
  std::uint64_t failed = 0;
  std::uint64_t bytes = 0;
  double seconds = 0;
  std::map<std::string, Folder, std::less<>> folders;
};

class Tree {
 public:
  void add(std::string_view url, bool failed, std::uint64_t bytes,
           double seconds) {
    Folder* at = &root_;
    note(*at, failed, bytes, seconds);
    url = url.substr(0, url.find('?'));
    // "https://host:port" is the first name.
    std::size_t end = url.find("//");
    end = end == url.npos ? url.find('/') : url.find('/', end + 2);
    for (std::size_t depth = 0; end != url.npos && depth < kDeepest; ++depth) {
      at = child(*at, url.substr(0, end));
      if (at == nullptr) return;
      note(*at, failed, bytes, seconds);
      url.remove_prefix(end + 1);
      end = url.find('/');
    }
  }
  const Folder& root() const { return root_; }

 private:
  static void note(Folder& folder, bool failed, std::uint64_t bytes,
                   double seconds) {
    ++folder.pages;
    folder.failed += failed ? 1 : 0;
    folder.bytes += bytes;
    folder.seconds += seconds;
  }
  Folder* child(Folder& folder, std::string_view name) {
    if (name.size() > kLongestName) return nullptr;
    const auto found = folder.folders.find(name);
    if (found != folder.folders.end()) return &found->second;
    if (count_ >= kMostFolders) return nullptr;
    ++count_;
    return &folder.folders[std::string(name)];
  }

  Folder root_;
  std::size_t count_ = 0;
};

class TreeWriter {
 public:
  explicit TreeWriter(Html& html) : html_(html) {}

  void write(const Folder& folder, bool open) {
    using Entry = std::pair<std::string_view, const Folder*>;
    std::vector<Entry> all;
    for (const auto& [name, inner] : folder.folders) {
      all.emplace_back(name, &inner);
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Entry& a, const Entry& b) {
                       return a.second->pages > b.second->pages;
                     });
    std::size_t shown = 0;
    for (const auto& [name, inner] : all) {
      if (shown == kMostInOne || left_ == 0) break;
      ++shown;
      --left_;
      if (inner->folders.empty()) {
        html_ << "<p class=\"leaf\">";
        line(name, *inner);
        html_ << "</p>\n";
        continue;
      }
      if (open) {
        html_ << "<details open><summary>";
      } else {
        html_ << "<details><summary>";
      }
      line(name, *inner);
      html_ << "</summary>\n";
      write(*inner, false);
      html_ << "</details>\n";
    }
    say_if_cut(html_, shown, all.size());
  }

 private:
  void line(std::string_view name, const Folder& folder) {
    html_.brief(name);
    html_ << "/ <span class=\"soft\">";
    html_.count(folder.pages, "URL");
    html_ << ", ";
    if (folder.failed > 0) {
      html_.count(folder.failed);
      html_ << " not fetched, ";
    }
    html_.bytes(folder.bytes);
    // Of what was read from an archive nothing is known.
    if (folder.seconds > 0) {
      html_ << ", ";
      html_.seconds(folder.seconds / static_cast<double>(folder.pages));
      html_ << " each";
    }
    html_ << "</span>";
  }

  Html& html_;
  std::size_t left_ = kMostShown;
};

}  // namespace

void write_tree(sqlite3* db, Html& html) {
  Tree tree;
  Rows rows(db,
            "SELECT url, ok, size_body, coalesce(time_total, 0) FROM pages "
            "WHERE url IS NOT NULL");
  while (rows.next()) {
    tree.add(rows.text(0), rows.integer(1) == 0, rows.count(2), rows.real(3));
  }
  if (tree.root().folders.empty()) return;
  begin_section(html, "folders", "The site by folders");
  TreeWriter(html).write(tree.root(), true);
  end_section(html);
}

void write_audit(sqlite3* db, Html& html) {
  bool any = false;
  const std::size_t begin = html.size();
  for (const AuditCheck& check : all_audit_checks()) {
    const std::string from = " FROM " + std::string(check.view);
    const auto all =
        static_cast<std::uint64_t>(number_of(db, "SELECT count(*)" + from));
    if (all == 0) continue;
    if (!std::exchange(any, true)) begin_section(html, "audit", "Audit");
    html << "<details><summary>";
    html.text(check.title);
    html << " - ";
    html.count(all);
    html << "</summary>\n<p class=\"soft\">Why it matters: ";
    html.link(check.source);
    html << "; all of them: <code>SELECT * FROM ";
    html.text(check.view);
    html << "</code></p>\n<ul>";
    Rows rows(db, "SELECT url, detail" + from + " LIMIT ?");
    rows.bind(1, kFindings);
    std::uint64_t shown = 0;
    while (html.size() - begin < kMostBytes && rows.next()) {
      ++shown;
      html << "<li>";
      html.link(rows.text(0));
      html << " <span class=\"soft\">";
      html.brief(rows.text(1), 160);
      html << "</span></li>\n";
    }
    html << "</ul>";
    say_if_cut(html, shown, all);
    html << "</details>\n";
  }
  if (any) end_section(html);
}

}  // namespace crawl
