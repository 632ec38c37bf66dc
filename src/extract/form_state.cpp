#include "extract/form_state.h"

#include <map>
#include <string_view>
#include <utility>

#include "base/ascii.h"

namespace crawl {
namespace {

using Element = PageTree::Element;
using Index = PageTree::Index;

bool has_attribute(const Element& element, std::string_view name) {
  return attribute_value(element, name).has_value();
}

bool is_input(const Element& element, std::string_view type) {
  return is_html(element, {"input"}) &&
         equals_ignoring_case(attribute_value(element, "type").value_or(""),
                              type);
}

// The form that each element is in; of those with a form attribute the one that
// it names.
std::vector<Index> form_owners(const PageTree& tree) {
  const std::vector<Element>& all = tree.elements();
  std::map<std::string_view, Index> by_id;  // the first of each
  for (Index i = PageTree::kRoot; i < all.size(); ++i) {
    if (all[i].id != nullptr) by_id.try_emplace(all[i].id, i);
  }
  std::vector<Index> around(all.size());  // an element, and itself
  std::vector<Index> owners(all.size());
  for (Index i = PageTree::kRoot; i < all.size(); ++i) {
    around[i] = is_html(all[i], {"form"}) ? i : around[all[i].parent];
    owners[i] = around[i];
    if (const auto named = attribute_value(all[i], "form")) {
      const auto found = by_id.find(*named);
      const bool is_form =
          found != by_id.end() && is_html(all[found->second], {"form"});
      owners[i] = is_form ? found->second : PageTree::kNone;
    }
  }
  return owners;
}

}  // namespace

bool is_checked(const Element& element) {
  if (is_html(element, {"option"})) return has_attribute(element, "selected");
  return has_attribute(element, "checked") &&
         (is_input(element, "checkbox") || is_input(element, "radio"));
}

bool can_be_disabled(const Element& element) {
  return is_html(element, {"button", "input", "select", "textarea", "optgroup",
                           "option", "fieldset"});
}

bool can_be_required(const Element& element) {
  return is_html(element, {"input", "select", "textarea"});
}

// "Enabling and disabling form controls".
Marks find_disabled(const PageTree& tree) {
  const std::vector<Element>& all = tree.elements();
  Marks disabled(all.size());
  Marks within(all.size());  // a disabled fieldset, and not in its first legend
  Marks legend_seen(all.size());
  for (Index i = PageTree::kRoot; i < all.size(); ++i) {
    const Element& element = all[i];
    const Index parent = element.parent;
    within[i] = within[parent];
    if (parent != PageTree::kNone && is_html(all[parent], {"fieldset"}) &&
        has_attribute(all[parent], "disabled")) {
      const bool first_legend = is_html(element, {"legend"}) &&
                                std::exchange(legend_seen[parent], 1) == 0;
      if (!first_legend) within[i] = 1;
    }
    if (!can_be_disabled(element)) continue;
    bool off = has_attribute(element, "disabled");
    if (element.name == "option") {
      off = off ||
            (parent != PageTree::kNone && is_html(all[parent], {"optgroup"}) &&
             has_attribute(all[parent], "disabled"));
    } else if (element.name != "optgroup") {
      off = off || within[i] != 0;
    }
    disabled[i] = off ? 1 : 0;
  }
  return disabled;
}

// "Radio Button state": those of a name and a form are a group; one without a
// name is its own.
Marks find_indeterminate(const PageTree& tree) {
  const std::vector<Element>& all = tree.elements();
  Marks marks(all.size());
  std::vector<Index> owners;
  std::map<std::pair<Index, std::string_view>, bool> checked;
  const auto each_radio = [&](auto&& visit) {
    for (Index i = PageTree::kRoot; i < all.size(); ++i) {
      if (!is_input(all[i], "radio")) continue;
      if (owners.empty()) owners = form_owners(tree);
      visit(i,
            std::pair(owners[i], attribute_value(all[i], "name").value_or("")));
    }
  };
  each_radio([&](Index i, const auto& group) {
    if (is_checked(all[i])) checked[group] = true;
  });
  each_radio([&](Index i, const auto& group) {
    const bool alone = group.second.empty();
    marks[i] = !(alone ? is_checked(all[i]) : checked.contains(group));
  });
  for (Index i = PageTree::kRoot; i < all.size(); ++i) {
    if (is_html(all[i], {"progress"}))
      marks[i] = !has_attribute(all[i], "value");
  }
  return marks;
}

}  // namespace crawl
