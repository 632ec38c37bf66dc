#include "crawl/extract/extractor.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <optional>
#include <utility>
#include <variant>

#include "crawl/base/utf8.h"
#include "crawl/parse/charset.h"
#include "extract/bounds.h"
#include "extract/content_finder.h"
#include "extract/content_scan.h"
#include "extract/content_tree.h"
#include "extract/css_matcher.h"
#include "extract/css_selector.h"
#include "extract/filter.h"
#include "extract/html_writer.h"
#include "extract/markdown_writer.h"
#include "extract/page_blocks.h"
#include "extract/page_facts.h"
#include "extract/page_origin.h"
#include "extract/page_tree.h"
#include "extract/text_writer.h"
#include "extract/xpath.h"
#include "extract/xpath_as_css.h"
#include "extract/xpath_plan.h"
#include "parse/html/gumbo_tree.h"
#include "parse/html/html_text.h"
#include "parse/html/huge_numbers.h"
#include "parse/html/link_resolver.h"
#include "parse/html/nesting_gauge.h"
#include "parse/html/plain_tree.h"
#include "parse/html/tree_reader.h"
#include "parse/text/encoding.h"

namespace crawl {

struct Selector {
  std::variant<CssList, XPathPlan> query;
  std::vector<Filter> filters;

  bool has(Filter filter) const {
    return std::find(filters.begin(), filters.end(), filter) != filters.end();
  }
};

namespace {

// Something that a selector found, not yet written out.
struct Found {
  std::uint32_t order;
  const PageTree::Element* element;  // or its attribute, if that is there
  const PageTree::Text* text;
  const GumboAttribute* attribute;
  unsigned place = 0;  // of the attribute, from 1

  auto key() const { return std::pair(order, place); }
};

constexpr std::size_t kManyFound = std::size_t{1} << 20;

// In page order, each once.
void put_in_order(std::vector<Found>& found) {
  std::sort(found.begin(), found.end(),
            [](const Found& a, const Found& b) { return a.key() < b.key(); });
  found.erase(std::unique(found.begin(), found.end(),
                          [](const Found& a, const Found& b) {
                            return a.key() == b.key();
                          }),
              found.end());
}

class PageRun {
 public:
  // `most`: bytes that it may give, see bounds.h; it takes from them.
  PageRun(const GumboNode& root, std::size_t& most)
      : root_(root), tree_(root), matcher_(tree_), most_(most) {}

  const PageTree& tree() const { return tree_; }

  // Says what went wrong; "" if nothing.
  std::string find(const Selector& selector, std::vector<std::string>& values) {
    const bool as_text = selector.has(Filter::kString);
    if (const auto* xpath = std::get_if<XPathPlan>(&selector.query)) {
      if (!xpath_) xpath_.emplace(root_);
      return xpath_->find(*xpath, as_text, values_needed(selector.filters),
                          most_, values);
    }
    const CssList& list = std::get<CssList>(selector.query);
    std::vector<Found> found;
    // What several of a long list find is not kept as often.
    std::size_t many = kManyFound;
    for (const CssComplex& complex : list) {
      find(complex, found);
      if (list.size() == 1 || found.size() < many) continue;
      put_in_order(found);
      many = std::max(kManyFound, 2 * found.size());
    }
    if (list.size() > 1) put_in_order(found);
    const std::size_t needed = values_needed(selector.filters);
    std::size_t most = most_;
    for (const Found& one : found) {
      if (values.size() == needed) break;
      if (!take(one, as_text, most, values)) return std::string(kTooMuchFound);
    }
    return "";
  }

  // False if the page says too much of itself.
  bool read_facts(LinkResolver& resolver, PageFacts& facts) {
    return crawl::read_facts(tree_, resolver, most_, facts);
  }

  // What is kept of it.
  void give(const std::vector<std::string>& values) {
    for (const std::string& value : values) {
      most_ -= std::min(most_, value.size() + kStringCost);
    }
  }

 private:
  void find(const CssComplex& complex, std::vector<Found>& found) {
    const CssTarget& target = complex.target;
    const Marks marks = matcher_.match(complex);
    if (target.kind == CssTarget::Kind::kText) {
      for (const PageTree::Text& text : tree_.texts()) {
        if (marks[text.parent] != 0) {
          found.push_back({text.order, nullptr, &text, nullptr});
        }
      }
      return;
    }
    for (PageTree::Index i = PageTree::kRoot; i < marks.size(); ++i) {
      if (marks[i] == 0) continue;
      const PageTree::Element& element = tree_.elements()[i];
      if (target.kind != CssTarget::Kind::kAttribute) {
        found.push_back({element.order, &element, nullptr, nullptr});
        continue;
      }
      unsigned at = 0;  // behind the attribute: its place, from 1
      while (const GumboAttribute* const attribute = next_attribute(
                 element, target.name_space, target.name, target.lower, at)) {
        found.push_back({element.order, &element, nullptr, attribute, at});
      }
    }
  }

  bool take(const Found& found, bool as_text, std::size_t& most,
            std::vector<std::string>& values) {
    if (most < kStringCost) return false;
    most -= kStringCost;
    std::string value;
    if (found.text != nullptr) {
      value = found.text->text;
    } else if (found.attribute != nullptr) {
      value = found.attribute->value;
    } else {
      const GumboNode& node = *found.element->node;
      if (!(as_text ? append_text(node, most, value)
                    : append_outer_html(node, most, value))) {
        return false;
      }
    }
    if (value.size() > most) return false;
    most -= value.size();
    values.push_back(std::move(value));
    return true;
  }

  const GumboNode& root_;
  const PageTree tree_;
  CssMatcher matcher_;
  std::optional<XPathPage> xpath_;
  std::size_t& most_;
};

// What the page's first base element with a href says.
std::optional<std::string_view> base_of(const PageTree& tree) {
  for (const PageTree::Element& element : tree.elements()) {
    if (element.node == nullptr || element.name != "base" ||
        element.name_space != CssNamespace::kHtml) {
      continue;
    }
    const GumboAttribute* const href =
        find_attribute(element, CssNamespace::kNone, "href", "href");
    if (href != nullptr) return href->value;
  }
  return std::nullopt;
}

// The longest front of `html` that gumbo can make a tree of, and the tree.
std::unique_ptr<GumboTree> make_tree(std::string_view& html,
                                     const TreeLimits& limits) {
  html = html.substr(0, affordable_prefix(html, limits.nesting_cost));
  for (;;) {
    const double megabytes = static_cast<double>(html.size()) / (1 << 20);
    auto tree = std::make_unique<GumboTree>(html, limits.memory,
                                            limits.seconds * (1 + megabytes));
    if (tree->root() != nullptr) return tree;
    if (html.empty()) throw std::bad_alloc();
    html = html.substr(0, html.size() / 4);
  }
}

// A page's tree, of its tags if they tell enough.
struct Tree {
  // Of less than `html`, which is cut, if that is too much.
  explicit Tree(std::string_view& html) : plain(html, TreeLimits().memory) {
    if (plain.root() != nullptr) return;
    tamed = without_huge_numbers(html);
    std::string_view read = tamed ? *tamed : html;
    whole = make_tree(read, TreeLimits());
    html = html.substr(0, read.size());
  }

  PlainTree plain;
  std::optional<std::string> tamed;
  std::unique_ptr<GumboTree> whole;  // else

  const GumboNode& root() const {
    return plain.root() != nullptr ? *plain.root() : *whole->root();
  }
};

Fingerprint digest_of(const ContentTree& tree, const ContentPlan& plan,
                      std::size_t most) {
  std::string text;
  append_content_text(tree, plan, most, text);
  return fingerprint(collapsed(text));
}

// False if there is more than `most` bytes of it, from which what is given is
// taken. `repeated`: blocks to leave out; null for none.
bool read_content(const ContentTree& tree, const ContentWishes& wishes,
                  const BlockSet* repeated, LinkResolver& resolver,
                  std::size_t& most, PageContent& content) {
  bool all = true;
  const auto charge = [&](std::size_t bytes) {
    most -= std::min(most, bytes + kStringCost);
  };
  const auto without = [&](ContentPlan plan) {
    if (repeated != nullptr) PageBlocks(tree, plan).leave_out(*repeated, plan);
    return plan;
  };
  const ContentPlan plan =
      without(wishes.whole ? plan_all(tree) : plan_main(tree));
  if (content.again) {
    content.again->blocks = PageBlocks(tree, plan).keys();
    content.again->all_blocks = content.again->blocks.size() < kMostBlocks;
  }
  if (wishes.digest) {
    content.digest =
        digest_of(tree, wishes.whole ? without(plan_main(tree)) : plan, most);
  }
  if (wishes.text || wishes.words) {
    std::string text;
    all = append_content_text(tree, plan, most, text) && all;
    if (wishes.words) content.words = count_words(text);
    if (wishes.text) {
      charge(text.size());
      content.text = std::move(text);
    }
  }
  if (wishes.markdown) {
    all = append_markdown(tree, plan, resolver, most,
                          content.markdown.emplace()) &&
          all;
    charge(content.markdown->size());
  }
  return all;
}

// Known of CSS, and of what can be read as CSS.
bool is_url_of_element(const Selector& selector) {
  const auto* const list = std::get_if<CssList>(&selector.query);
  return list != nullptr && selector.has(Filter::kUrl) &&
         !selector.has(Filter::kString) &&
         std::any_of(list->begin(), list->end(), [](const CssComplex& each) {
           return each.target.kind == CssTarget::Kind::kElement;
         });
}

bool is_xpath(std::string_view selector) {
  return selector.starts_with('/') || selector.starts_with("./") ||
         selector.starts_with('(');
}

}  // namespace

Extractor::Extractor() : names_(std::make_shared<std::vector<std::string>>()) {}
Extractor::~Extractor() = default;
Extractor::Extractor(Extractor&&) noexcept = default;
Extractor& Extractor::operator=(Extractor&&) noexcept = default;

tl::expected<void, SelectorFault> Extractor::add(std::string name,
                                                 std::string_view text) {
  constexpr std::string_view kPrefix = "xpath:";
  constexpr std::string_view kBlanks = " \t\r\n\f";
  Selector selector;
  std::string_view query = text;
  selector.filters = take_filters(query);
  std::size_t skipped =
      std::min(query.find_first_not_of(kBlanks), query.size());
  const bool named = query.substr(skipped).starts_with(kPrefix);
  if (named) skipped += kPrefix.size();
  query.remove_prefix(skipped);
  const auto moved = [&](SelectorFault fault) {
    fault.offset += skipped;
    return tl::unexpected(std::move(fault));
  };
  if (named || is_xpath(query)) {
    std::string expression(query);
    if (auto checked = check_xpath(expression); !checked) {
      return moved(std::move(checked.error()));
    }
    if (auto list = xpath_as_css(expression)) {
      selector.query = *std::move(list);
    } else {
      selector.query = plan_xpath(expression);
    }
  } else {
    auto list = parse_css(query);
    if (!list) return moved(std::move(list.error()));
    selector.query = *std::move(list);
  }
  if (is_url_of_element(selector)) {
    return tl::unexpected(SelectorFault{
        "an element is no URL: take an attribute of it, with ::attr(href) or "
        "/@href, or its text, with the filter string",
        skipped + query.size()});
  }
  names_->push_back(std::move(name));
  selectors_.push_back(std::move(selector));
  return {};
}

Extraction Extractor::extract(std::string_view body, std::string_view encoding,
                              const Url& url) const {
  Extraction out;
  out.names = names_;
  out.values.resize(selectors_.size());
  std::string converted;
  std::string_view html = body.substr(bom_size(body, encoding));
  if (encoding != "utf-8" || !is_valid_utf8(html)) {
    converted = to_utf8(body, encoding);
    html = converted;
  }
  const std::size_t whole = html.size();
  const std::string_view page = html;
  // Content alone is read from the tags, where they tell enough.
  std::optional<ContentTree> scanned;
  if (selectors_.empty() && !facts_ && !content_.origin) {
    scanned = scan_content(html);
  }
  std::optional<Tree> tree;
  if (!scanned) tree.emplace(html);
  if (html.size() < whole) {
    out.error = fmt::format(
        "only the first {} bytes of the page are in its tree: it "
        "is nested too deep, or too large",
        html.size());
  }
  // Of what the selectors met, the first is enough.
  auto note = [&out, noted = false](const std::string& problem) mutable {
    if (std::exchange(noted, true)) return;
    out.error += (out.error.empty() ? "" : "; ") + problem;
  };
  std::size_t most = kLeastGiven + kTimesGiven * whole;
  // Text alone needs no more than the tree.
  std::optional<PageRun> run;
  if (tree &&
      (!selectors_.empty() || facts_ || content_.origin || content_.markdown)) {
    run.emplace(tree->root(), most);
  }
  LinkResolver resolver(url, run ? base_of(run->tree()) : std::nullopt,
                        encoding, most);
  for (std::size_t i = 0; i < selectors_.size(); ++i) {
    std::vector<std::string>& values = out.values[i];
    if (std::string problem = run->find(selectors_[i], values);
        !problem.empty()) {
      note(fmt::format("{}: {}", (*names_)[i], problem));
    }
    for (const Filter filter : selectors_[i].filters) {
      apply_filter(filter, resolver, values);
    }
    run->give(values);
  }
  if (facts_ && !run->read_facts(resolver, out.facts.emplace())) {
    note(std::string(kTooMuchFound));
  }
  if (content_.any()) {
    PageContent& content = out.content.emplace();
    if (content_.origin) read_origin(run->tree(), content);
    if (content_.again) {
      content.again = {std::string(page),
                       std::string(encoding),
                       scanned.has_value(),
                       {},
                       true};
    }
    const ContentTree read =
        scanned ? *std::move(scanned) : ContentTree(tree->root());
    if (!read_content(read, content_, nullptr, resolver, most, content)) {
      note(std::string(kTooMuchFound));
    }
  }
  if (resolver.budget_left() == 0) note("too many links to resolve");
  return out;
}

PageContent Extractor::content_without(const BlockSet& repeated,
                                       const PageAgain& page,
                                       const Url& url) const {
  PageContent content;
  std::string_view html = page.html;
  std::size_t most = kLeastGiven + kTimesGiven * html.size();
  std::optional<ContentTree> read;
  if (page.by_tags) read = scan_content(html);
  std::optional<Tree> tree;
  std::optional<PageTree> elements;
  if (!read) {
    tree.emplace(html);
    read.emplace(tree->root());
    if (content_.markdown) elements.emplace(tree->root());
  }
  LinkResolver resolver(url, elements ? base_of(*elements) : std::nullopt,
                        page.encoding, most);
  read_content(*read, content_, &repeated, resolver, most, content);
  return content;
}

}  // namespace crawl
