#include "extract/content_finder.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "extract/content_counts.h"
#include "extract/content_traits.h"
#include "extract/filter.h"

namespace crawl {
namespace {

using Index = ContentTree::Index;
using Node = ContentTree::Node;

// A block with more of its text in links than this is a list of links.
constexpr double kMostlyLinks = 0.6;
// What holds more of the page's text than this is no decoration, whatever it
// is called.
constexpr double kTooMuch = 0.5;
// An element that says it is the content must hold this much of the text.
constexpr double kRegionShare = 0.4;
// Of the content this much must be left without its lists of links.
constexpr double kLeast = 0.2;
// A header above the content is of it with no more of its text in links.
constexpr double kHeaderLinks = 0.3;
// A paragraph with this many bytes outside of links is prose.
constexpr std::uint32_t kProse = 40;

class Finder {
 public:
  explicit Finder(const ContentTree& tree)
      : tree_(tree),
        traits_(tree.size()),
        lengths_(tree.size()),
        counts_(tree.size()) {
    plan_.left_out.resize(tree.size());
  }

  ContentPlan run() {
    judge();
    count();
    const Counts all = counts_[ContentTree::kRoot];
    if (all.text == 0) return std::move(plan_);
    leave_out_by_name(all);
    take_off_what_is_left_out();
    choose_region();
    find_title();
    if (leave_out_links()) return std::move(plan_);
    return plan_all(tree_);
  }

 private:
  bool has(Index i, std::uint32_t traits) const {
    return (traits_[i] & traits) != 0;
  }

  // What each element says of itself.
  void judge() {
    constexpr std::uint32_t kInherited =
        kInContent | kInQuote | kInLink | kInHeading;
    for (Index i = 0; i < tree_.size(); ++i) {
      const Node& node = tree_[i];
      std::uint32_t traits = i == 0 ? 0 : traits_[node.parent] & kInherited;
      if (i != 0 && has(node.parent, kMain | kArticle)) traits |= kInContent;
      if (node.is_text) {
        lengths_[i] = weight_of(node.text);
      } else {
        traits |= reader_.traits_of(tree_, node, traits);
        if (node.tag == GUMBO_TAG_A && is_permalink(tree_, i)) {
          traits |= kUnseen;
        }
        if ((traits & kDoubtful) != 0 || node.tag == GUMBO_TAG_FORM) {
          if (i != 0) doubtful_.push_back(i);
        }
        if ((traits & (kMain | kArticle | kRegionName)) != 0 && i != 0) {
          promising_.push_back(i);
        }
      }
      traits_[i] = traits;
    }
  }

  // Sums up what is in each element, what is left out not counted; all counts
  // are 0 before.
  void count() {
    // Elements in one that is left out have counts too, which nobody adds up.
    for (Index i = tree_.size(); i-- > 0;) {
      const Node& node = tree_[i];
      if (node.is_text) {
        if (plan_.left_out[i] != 0) continue;
        Counts& parent = counts_[node.parent];
        parent.text += lengths_[i];
        parent.in_links += has(i, kInLink) ? lengths_[i] : 0;
        continue;
      }
      Counts& own = counts_[i];
      if (node.tag == GUMBO_TAG_PRE) {
        ++own.code;
      } else if (own.text > 0) {
        own.links += counts_as_link(i) ? 1 : 0;
        own.headings += counts_as_heading(node) ? 1 : 0;
        own.first_headings += node.tag == GUMBO_TAG_H1 ? 1 : 0;
      }
      if (i == 0 || plan_.left_out[i] != 0) continue;
      counts_[node.parent] += own;
    }
  }

  bool counts_as_link(Index i) const {
    return tree_[i].tag == GUMBO_TAG_A && has(i, kInLink);
  }
  static bool counts_as_heading(const Node& node) {
    return node.tag >= GUMBO_TAG_H1 && node.tag <= GUMBO_TAG_H3;
  }

  // The counts once more, without what is left out: few elements as a rule, of
  // which all around them are told.
  void take_off_what_is_left_out() {
    std::size_t steps = tree_.size();
    for (const Index out : left_out_) {
      Counts gone = counts_[out];
      for (Index i = out; i != 0 && steps > 0; --steps) {
        i = tree_[i].parent;
        Counts& own = counts_[i];
        if (gone.text > 0 && own.text == gone.text) {
          // There is nothing left that it could be a link or heading of.
          gone.links += counts_as_link(i) ? 1 : 0;
          gone.headings += counts_as_heading(tree_[i]) ? 1 : 0;
          gone.first_headings += tree_[i].is(GUMBO_TAG_H1) ? 1 : 0;
        }
        own -= gone;
      }
    }
    if (steps > 0) return;
    std::fill(counts_.begin(), counts_.end(), Counts{});
    count();
  }

  void leave_out_by_name(const Counts& all) {
    const auto share = [](std::uint32_t part, std::uint32_t whole) {
      return whole == 0 ? 0.0 : static_cast<double>(part) / whole;
    };
    Index end = 0;  // of what was left out last
    for (const Index i : doubtful_) {
      if (i < end) continue;
      const Node& node = tree_[i];
      const Counts& own = counts_[i];
      const double prose = share(own.prose(), all.prose());
      const double text = share(own.text, all.text);
      bool out = false;
      if ((node.preformatted || is_heading(node)) && !has(i, kUnseen)) {
        // Code is written with such words, and headings stand beside it.
      } else if (is_title_header(i, all)) {
        // What is in it is judged by itself.
      } else if (has(i, kUnseen | kChrome | kNamedChrome)) {
        out = prose <= kTooMuch && text <= 0.8;
      } else if (has(i, kMaybeChrome)) {
        out = prose <= 0.2 && own.first_headings == 0 && own.code == 0 &&
              (own.link_share() > 0.5 ||
               (own.text < 100 && !has(i, kInContent))) &&
              (own.headings > 0 || !is_within_text(node));
      } else if (has(i, kComments) && node.layout != Layout::kInline) {
        out = all.prose() - own.prose() >= 400;
      } else if (node.tag == GUMBO_TAG_FORM) {
        out = prose <= 0.1 && own.headings == 0;
      }
      if (out && own.text > 0 && is_table_part(node) && !has(i, kUnseen)) {
        out = own.link_share() > kMostlyLinks;
      }
      if (!out) continue;
      plan_.left_out[i] = 1;
      left_out_.push_back(i);
      end = node.end;
    }
    auto last = left_out_.begin();
    std::erase_if(promising_, [&](Index i) {
      while (last != left_out_.end() && tree_[*last].end <= i) ++last;
      return last != left_out_.end() && *last <= i;
    });
  }

  // A header outside of what says that it is content, with the page's one
  // first heading, by which the page is called: a site's own header is not.
  bool is_title_header(Index i, const Counts& all) const {
    constexpr std::uint32_t kMost = 600;
    const Node& node = tree_[i];
    if (!node.is(GUMBO_TAG_HEADER) || has(i, kUnseen | kNamedChrome) ||
        all.first_headings != 1 || counts_[i].first_headings != 1 ||
        counts_[i].prose() > kMost ||
        !tree_.get(node, ContentTree::Attribute::kRole).empty()) {
      return false;
    }
    // Of several in one another, the innermost.
    Index at = i + 1;
    while (at < node.end && !tree_[at].is(GUMBO_TAG_HEADER) &&
           (!tree_[at].is(GUMBO_TAG_H1) || counts_[at].text == 0)) {
      ++at;
    }
    if (at == node.end || tree_[at].is(GUMBO_TAG_HEADER)) return false;
    const std::string text = lower_case(text_of(at));
    return !text.empty() &&
           lower_case(normalized(tree_.title())).starts_with(text);
  }

  static bool is_table_part(const Node& node) {
    return node.layout == Layout::kCell || node.layout == Layout::kRow;
  }

  // A word in a sentence or a part of a definition is not decoration by a name
  // that says little.
  bool is_within_text(const Node& node) const {
    return node.layout == Layout::kInline && !node.is(GUMBO_TAG_A);
  }

  // Of what says that it is the content, the largest; and in it what says so
  // again, as long as that holds nearly all.
  void choose_region() {
    const Counts all = counts_[ContentTree::kRoot];
    Index region = best(all, kMain, kRegionShare);
    explicit_ = region != ContentTree::kRoot;
    const Index article = articles(region, explicit_);
    if (article != ContentTree::kRoot) {
      region = article;
      explicit_ = true;
    }
    if (!explicit_) {
      region = best(all, kRegionName, kRegionShare);
      explicit_ = region != ContentTree::kRoot;
    }
    if (!explicit_) region = densest();
    plan_.region = region;
  }

  // The smallest element with one of the traits that holds the share of all
  // prose, or of all text where there is hardly any prose.
  Index best(const Counts& all, std::uint32_t traits, double share) const {
    const bool lists = all.prose() < all.in_links / 2;
    const auto weight = [&](const Counts& c) {
      return lists ? c.text : c.prose();
    };
    Index found = ContentTree::kRoot;
    std::uint32_t most = 0;
    for (const Index i : promising_) {
      if (!has(i, traits)) continue;
      const std::uint32_t own = weight(counts_[i]);
      const bool within = found != ContentTree::kRoot && i < tree_[found].end;
      // One within another must hold nearly all of it.
      if (within ? own * 10 >= most * 9 : own > most) {
        found = i;
        most = own;
      }
    }
    return most >= share * weight(all) ? found : ContentTree::kRoot;
  }

  // One article that holds nearly all that is in `within`, or, unless there
  // must be `one`, what all of several are in.
  Index articles(Index within, bool one) const {
    const Counts& all = counts_[within];
    std::uint32_t prose = 0;
    std::uint32_t most = 0;
    Index largest = ContentTree::kRoot;
    Index common = ContentTree::kRoot;
    unsigned count = 0;
    Index end = within + 1;  // of the one before
    for (const Index i : promising_) {
      if (!has(i, kArticle) || i < end || i >= tree_[within].end) continue;
      prose += counts_[i].prose();
      if (counts_[i].prose() > most) {
        most = counts_[i].prose();
        largest = i;
      }
      common = count++ == 0 ? i : common_ancestor(common, i);
      end = tree_[i].end;
    }
    const double least = one ? 0.7 : kRegionShare;
    if (most >= 0.7 * prose && most >= least * all.prose()) return largest;
    return !one && prose >= least * all.prose() ? common : ContentTree::kRoot;
  }

  Index common_ancestor(Index a, Index b) const {
    while (b < a || b >= tree_[a].end) a = tree_[a].parent;
    return a;
  }

  // From the body down, as long as one child holds nearly all prose.
  Index densest() const {
    Index at = ContentTree::kRoot;
    for (;;) {
      const std::uint32_t whole = counts_[at].prose();
      Index next = ContentTree::kRoot;
      for (Index i = at + 1; i < tree_[at].end; i = tree_[i].end) {
        if (tree_[i].is_text || plan_.left_out[i] != 0) continue;
        if (counts_[i].prose() >= 0.9 * whole &&
            tree_[i].layout != Layout::kInline) {
          next = i;
          break;
        }
      }
      if (next == ContentTree::kRoot ||
          tree_[next].layout == Layout::kParagraph)
        return at;
      at = next;
    }
  }

  // The content's first heading is the title already.
  bool begins_with_title(const std::string& title) const {
    const Index end = tree_[plan_.region].end;
    for (Index i = plan_.region; i < end; ++i) {
      if (!is_heading(tree_[i]) || counts_[i].text == 0) continue;
      const std::string text = lower_case(text_of(i));
      return !text.empty() && title.starts_with(text);
    }
    return false;
  }

  // The page's title, where it stands before the content.
  void find_title() {
    if (plan_.region == ContentTree::kRoot ||
        counts_[plan_.region].first_headings > 0) {
      return;
    }
    const std::string title = lower_case(normalized(tree_.title()));
    if (begins_with_title(title)) return;
    Index found = ContentTree::kRoot;
    unsigned count = 0;
    for (Index i = 1; i < plan_.region && count < 20; ++i) {
      if (!tree_[i].is(GUMBO_TAG_H1) || counts_[i].text == 0) continue;
      if (tree_[i].end > plan_.region) return;
      ++count;
      const std::string text = lower_case(text_of(i));
      if (text.empty() || text.size() > 400) continue;
      const bool same = title.find(text) != title.npos ||
                        (title.size() > 8 && text.find(title) != text.npos);
      if (same) found = i;
      if (found == ContentTree::kRoot) found = i;
    }
    if (found == ContentTree::kRoot) return;
    const std::string text = lower_case(text_of(found));
    if (count == 1 || title.find(text) != title.npos) plan_.heading = found;
    if (const Index header = header_around(plan_.heading);
        header != ContentTree::kRoot) {
      plan_.heading = header;
      return;
    }
    for (Index i = plan_.heading; i < tree_[plan_.heading].end; ++i) {
      if (plan_.heading == ContentTree::kRoot) break;
      if (!has(i, kUnseen) || i == plan_.heading) plan_.left_out[i] = 0;
    }
  }

  // A header that is read, of which the heading is a part; else the root.
  Index header_around(Index heading) const {
    for (Index i = heading; i != ContentTree::kRoot; i = tree_[i].parent) {
      if (!tree_[i].is(GUMBO_TAG_HEADER)) continue;
      const bool is_read = left_out_around(i, ContentTree::kRoot) == 0 &&
                           tree_[i].end <= plan_.region &&
                           counts_[i].link_share() <= kHeaderLinks;
      return is_read ? i : ContentTree::kRoot;
    }
    return ContentTree::kRoot;
  }

  std::string text_of(Index element) const {
    constexpr Index kMostNodes = 200;
    std::string text;
    const Index end = std::min(tree_[element].end, element + kMostNodes);
    for (Index i = element; i < end && text.size() < 1000; ++i) {
      if (tree_[i].is_text) text += tree_[i].text;
    }
    return normalized(text);
  }

  // Lists of links at both ends of the content; and in between, where nothing
  // said what is content, those that nothing leads up to.
  // False if nothing is left.
  bool leave_out_links() {
    const Index region = plan_.region;
    const Counts whole = counts_[region];
    std::uint32_t left = whole.text;
    if (whole.link_share() > 0.7) return left > 0;
    Index first = tree_[region].end;
    Index last = region;
    find_prose(region, first, last);
    std::vector<Index> lists;
    bool led_up = false;  // a heading stands right in front
    for (Index i = region + 1; i < tree_[region].end;) {
      const Node& node = tree_[i];
      if (plan_.left_out[i] != 0) {
        i = node.end;
        continue;
      }
      if (node.is_text || node.layout == Layout::kInline ||
          counts_[i].text == 0) {
        ++i;
        continue;
      }
      const bool at_end = i > last;
      const bool edge = node.end <= first || at_end;
      // Tables were once what pages were laid out with.
      const bool cell = node.layout == Layout::kCell && !explicit_ &&
                        counts_[i].links >= 3 && whole.prose() > 400;
      if ((edge || !explicit_) && !led_up && (cell || !is_table_part(node)) &&
          is_link_list(i, edge)) {
        plan_.left_out[i] = 1;
        lists.push_back(i);
        left -= std::min(left, counts_[i].text);
        i = node.end;
        continue;
      }
      if (is_heading(node) || node.layout == Layout::kParagraph) {
        led_up = is_heading(node) && !is_about_others(i);
        i = is_heading(node) ? node.end : i + 1;
      } else {
        ++i;
      }
    }
    // They are what such a page is there for.
    if (left < kLeast * whole.text) {
      for (const Index list : lists) plan_.left_out[list] = 0;
      left = whole.text;
    }
    return left > 0;
  }

  bool is_link_list(Index i, bool edge) const {
    const Counts& own = counts_[i];
    if (own.first_headings > 0 || is_heading(tree_[i])) return false;
    // A table that says something of what it links to.
    const bool is_table =
        tree_[i].is(GUMBO_TAG_TABLE) || tree_[i].is(GUMBO_TAG_TBODY);
    if (is_table && own.links >= 3 && own.prose() >= 3 * own.links) {
      return false;
    }
    if (edge) return own.links >= 1 && own.link_share() > 0.5 && own.text < 600;
    return own.links >= 4 && own.link_share() > 0.75 && own.headings == 0 &&
           own.text < 40 * own.links;
  }

  // Where the first and the last block of prose begin, headings counted.
  void find_prose(Index region, Index& first, Index& last) const {
    const Index end = tree_[region].end;
    for (Index i = region + 1; i < end;) {
      if (plan_.left_out[i] != 0) {
        i = tree_[i].end;
      } else if (is_prose(i)) {
        first = i;
        break;
      } else {
        ++i;
      }
    }
    for (Index i = end; first < end && --i > first;) {
      if (!is_prose(i)) continue;
      const Index out = left_out_around(i, region);
      if (out == ContentTree::kRoot) {
        last = i;
        return;
      }
      i = out;
    }
    if (first < end) last = first;
  }

  bool is_prose(Index i) const {
    const Node& node = tree_[i];
    if (node.is_text) return lengths_[i] >= kProse && !has(i, kInLink);
    const Counts& own = counts_[i];
    if (own.text == 0) return false;
    return is_heading(node)
               ? node.tag <= GUMBO_TAG_H3
               : is_leaf_block(node.tag) && own.prose() >= kProse &&
                     own.link_share() < kMostlyLinks;
  }

  // The element that is left out and holds `i`, or is it; else the root.
  Index left_out_around(Index i, Index region) const {
    for (; i > region; i = tree_[i].parent) {
      if (plan_.left_out[i] != 0) return i;
    }
    return ContentTree::kRoot;
  }

  static bool is_leaf_block(unsigned tag) {
    return tag == GUMBO_TAG_P || tag == GUMBO_TAG_PRE || tag == GUMBO_TAG_DD ||
           tag == GUMBO_TAG_LI || tag == GUMBO_TAG_TD ||
           tag == GUMBO_TAG_TABLE || tag == GUMBO_TAG_BLOCKQUOTE;
  }

  // "Related posts", "Share this".
  bool is_about_others(Index heading) const {
    const std::string text = lower_case(text_of(heading));
    static constexpr std::array<std::string_view, 16> kWords = {
        "related",     "recent",    "popular",    "share",
        "comments",    "more from", "tags",       "newsletter",
        "follow us",   "read next", "you may",    "you might",
        "recommended", "trending",  "navigation", "table of contents"};
    return std::any_of(kWords.begin(), kWords.end(),
                       [&](auto word) { return text.find(word) != text.npos; });
  }

  const ContentTree& tree_;
  ContentPlan plan_;
  std::vector<std::uint32_t> traits_;
  std::vector<std::uint32_t> lengths_;  // of texts
  std::vector<Counts> counts_;
  TraitReader reader_;
  // Elements, in order: those that may be left out for what they say of
  // themselves, those of them that are, those that may be the content.
  std::vector<Index> doubtful_;
  std::vector<Index> left_out_;
  std::vector<Index> promising_;
  bool explicit_ = false;  // the page says which element is the content
};

}  // namespace

ContentPlan plan_all(const ContentTree& tree) {
  ContentPlan plan;
  plan.left_out.resize(tree.size());
  return plan;
}

ContentPlan plan_main(const ContentTree& tree) { return Finder(tree).run(); }

}  // namespace crawl
