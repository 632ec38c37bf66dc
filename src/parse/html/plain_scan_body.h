#ifndef CRAWL_PARSE_HTML_PLAIN_SCAN_BODY_H_
#define CRAWL_PARSE_HTML_PLAIN_SCAN_BODY_H_

// What a PlainScan does in the body: included by plain_scan.h.
#include <string>
#include <utility>
#include <vector>

#include "parse/html/plain_scan.h"

namespace crawl {

template <class Sink>
void PlainScan<Sink>::open_element(GumboTag tag, TreeAction action) {
  if (in_select_) {
    if (action != TreeAction::kOption) {
      // Most are ignored in there; some end it.
      return doubt();
    }
    if (current() == GUMBO_TAG_OPTION) pop();
    if (tag == GUMBO_TAG_OPTGROUP && current() == GUMBO_TAG_OPTGROUP) pop();
    return push(tag);
  }
  switch (action) {
    case TreeAction::kCaption:
    case TreeAction::kColumns:
    case TreeAction::kColumn:
    case TreeAction::kRows:
    case TreeAction::kRow:
    case TreeAction::kCell:
      return open_in_table(tag, action);
    default:
      break;
  }
  if (is_table_frame(current())) {
    if (current() == GUMBO_TAG_COLGROUP) return doubt();
    if (action == TreeAction::kTable) {
      // It ends the one that is open.
      while (current() != GUMBO_TAG_TABLE) pop();
      pop();
    }
  } else if ((action == TreeAction::kTable || action == TreeAction::kForm ||
              action == TreeAction::kSelect) &&
             open_.tag(open_.innermost_boundary()) == GUMBO_TAG_TABLE) {
    return doubt();  // in what stands before a table
  }
  switch (action) {
    case TreeAction::kVoid:
      return add_void(tag);
    case TreeAction::kBlock:
      end_paragraph();
      push(tag);
      skip_newline_ = tag == GUMBO_TAG_PRE;
      return;
    case TreeAction::kHeading:
      end_paragraph();
      if (open_.action() == TreeAction::kHeading) pop();
      return push(tag);
    case TreeAction::kItem:
    case TreeAction::kTerm:
      return open_item(tag, action);
    case TreeAction::kFormatting:
      if (tag == GUMBO_TAG_A && open_.in_scope(tag) != 0) return doubt();
      return push(tag);
    case TreeAction::kRule:
      end_paragraph();
      return add_void(tag);
    case TreeAction::kTable:
      if (!quirks_ && open_.in_scope(GUMBO_TAG_P) != 0) return doubt();
      if (!quirks_.value_or(false)) end_paragraph();
      return push(tag);
    case TreeAction::kForm:
      // One that was left open is still the form that all is of.
      if (std::exchange(form_, true)) return doubt();
      end_paragraph();
      return push(tag);
    case TreeAction::kButton:
      if (open_.in_scope(tag) != 0) return doubt();
      return push(tag);
    case TreeAction::kOption:
      if (current() == GUMBO_TAG_OPTION) pop();
      return push(tag);
    case TreeAction::kSelect:
      in_select_ = true;
      return push(tag);
    default:
      return push(tag);
  }
}

// In a table, outside of its cells: it stands before the table.
template <class Sink>
void PlainScan<Sink>::foster(GumboTag tag) {
  if constexpr (Sink::kFosters) {
    const Node table = open_.node(open_.innermost_boundary());
    switch (kTreeActions[tag]) {
      case TreeAction::kVoid:
      case TreeAction::kRule:
        if (tag == GUMBO_TAG_INPUT) break;
        return sink_.close(sink_.foster(tag, table));
      case TreeAction::kOrdinary:
      case TreeAction::kBlock:
      case TreeAction::kHeading:
      case TreeAction::kItem:
      case TreeAction::kTerm:
      case TreeAction::kFormatting:
        // Emphasis around the table begins again in it.
        if (tag == GUMBO_TAG_A && open_.has(tag)) break;
        open_.push(tag, sink_.foster(tag, table));
        if (open_.size() > kDeepest) doubt();
        return;
      default:
        break;
    }
  }
  doubt();
}

// Which ends the one before.
template <class Sink>
void PlainScan<Sink>::open_item(GumboTag tag, TreeAction action) {
  for (std::size_t i = open_.size(); i-- > 0;) {
    const GumboTag other = open_.tag(i);
    if (kTreeActions[other] == action) {
      end_by_themselves(other);
      pop_to(i);
      break;
    }
    if (is_special(other) && other != GUMBO_TAG_ADDRESS &&
        other != GUMBO_TAG_DIV && other != GUMBO_TAG_P) {
      break;
    }
  }
  end_paragraph();
  push(tag);
}

template <class Sink>
void PlainScan<Sink>::open_in_table(GumboTag tag, TreeAction action) {
  if (!is_table_frame(current()) && !end_cell()) {
    // Outside of tables it is ignored.
    if (open_.has(GUMBO_TAG_TABLE)) doubt();
    return sink_.forget_attributes();
  }
  if (current() == GUMBO_TAG_COLGROUP && action != TreeAction::kColumn) pop();
  switch (action) {
    case TreeAction::kCaption:
      if (current() != GUMBO_TAG_TABLE) return doubt();
      return push_part(tag);
    case TreeAction::kColumns:
    case TreeAction::kColumn:
      if (current() != GUMBO_TAG_TABLE && current() != GUMBO_TAG_COLGROUP) {
        return doubt();
      }
      if (action == TreeAction::kColumns) return push_part(tag);
      if (current() == GUMBO_TAG_TABLE) push_implied(GUMBO_TAG_COLGROUP);
      return sink_.close(sink_.open(tag, open_.node()));
    case TreeAction::kRows:
      while (current() != GUMBO_TAG_TABLE) pop();
      return push_part(tag);
    case TreeAction::kRow:
      if (current() == GUMBO_TAG_TR) pop();
      if (current() == GUMBO_TAG_TABLE) push_implied(GUMBO_TAG_TBODY);
      return push_part(tag);
    default:
      if (current() == GUMBO_TAG_TABLE) push_implied(GUMBO_TAG_TBODY);
      if (current() != GUMBO_TAG_TR) push_implied(GUMBO_TAG_TR);
      return push_part(tag);
  }
}

template <class Sink>
void PlainScan<Sink>::close_element(GumboTag tag) {
  const TreeAction action = kTreeActions[tag];
  if (in_select_) return close_in_select(tag, action);
  switch (action) {
    case TreeAction::kTable:
    case TreeAction::kCaption:
    case TreeAction::kColumns:
    case TreeAction::kColumn:
    case TreeAction::kRows:
    case TreeAction::kRow:
    case TreeAction::kCell:
      return close_in_table(tag, action);
    default:
      break;
  }
  if (is_table_frame(current())) return doubt();
  switch (action) {
    case TreeAction::kBlock:
    case TreeAction::kButton:
    case TreeAction::kItem:
    case TreeAction::kTerm: {
      const std::size_t at = action == TreeAction::kItem
                                 ? open_.in_list_scope(tag)
                                 : open_.in_scope(tag);
      if (at == 0) {
        if (tag == GUMBO_TAG_P) doubt();
        return;
      }
      // A button in between hides it.
      if (tag == GUMBO_TAG_P && open_.has(GUMBO_TAG_BUTTON, at)) {
        return doubt();
      }
      end_by_themselves(tag);
      return pop_through(at);
    }
    case TreeAction::kHeading: {
      // It ends the innermost one, whatever that is called.
      const std::size_t at = open_.heading_in_scope();
      if (at == 0 || open_.tag(at) != tag) return doubt();
      return pop_through(at);
    }
    case TreeAction::kForm: {
      if (!std::exchange(form_, false) || open_.in_scope(tag) == 0) {
        return doubt();
      }
      end_by_themselves();
      if (current() != tag) return doubt();
      return pop();
    }
    case TreeAction::kFormatting: {
      if (current() == tag) return pop();
      if (open_.has(tag)) doubt();
      return;
    }
    case TreeAction::kOrdinary:
    case TreeAction::kOption:
      for (std::size_t i = open_.size(); i-- > 0;) {
        if (open_.tag(i) == tag) {
          end_by_themselves(tag);
          return pop_through(i);
        }
        if (is_special(open_.tag(i))) return;
      }
      return;
    case TreeAction::kVoid:
      if (tag == GUMBO_TAG_BR) doubt();
      return;
    case TreeAction::kRule:
    case TreeAction::kHead:
    case TreeAction::kHtml:
    case TreeAction::kScript:
    case TreeAction::kRaw:
    case TreeAction::kTitle:
      return;  // ignored
    default:
      return doubt();
  }
}

template <class Sink>
void PlainScan<Sink>::close_in_select(GumboTag tag, TreeAction action) {
  if (action == TreeAction::kSelect) {
    while (current() != GUMBO_TAG_SELECT) pop();
    pop();
    in_select_ = false;
  } else if (tag == GUMBO_TAG_OPTION && current() == tag) {
    pop();
  } else if (action == TreeAction::kOption ||
             (action >= TreeAction::kTable && action <= TreeAction::kCell)) {
    doubt();
  }
}

template <class Sink>
void PlainScan<Sink>::close_in_table(GumboTag tag, TreeAction action) {
  if (action == TreeAction::kCaption) {
    const std::size_t at = open_.in_scope(tag);
    if (at == 0) return doubt();
    end_by_themselves();
    return pop_cell(at);
  }
  if (!open_.has(GUMBO_TAG_TABLE)) return;
  if (!is_table_frame(current())) {
    // In a cell: its own end, or that of what it is in.
    std::size_t cell = open_.size() - 1;
    while (cell > 0 && !is_boundary(open_.tag(cell))) --cell;
    if (kTreeActions[open_.tag(cell)] != TreeAction::kCell) return doubt();
    if (action == TreeAction::kCell) {
      if (open_.tag(cell) != tag) return doubt();
      return pop_cell(cell);
    }
    if (action == TreeAction::kColumn || action == TreeAction::kColumns) return;
    if (action != TreeAction::kTable && open_.in_table_scope(tag) == 0) {
      return doubt();
    }
    pop_cell(cell);
  }
  if (current() == GUMBO_TAG_COLGROUP && action >= TreeAction::kRows) {
    return doubt();
  }
  switch (action) {
    case TreeAction::kTable:
      while (current() != GUMBO_TAG_TABLE) pop();
      return pop();
    case TreeAction::kRows:
      if (open_.in_table_scope(tag) == 0) return;
      while (current() != tag) pop();
      return pop();
    case TreeAction::kRow:
      if (current() == GUMBO_TAG_TR) pop();
      return;
    case TreeAction::kColumns:
      if (current() == GUMBO_TAG_COLGROUP) pop();
      return;
    default:
      return;  // ignored
  }
}

// What may be in a picture that is neither HTML nor ends it.
inline bool is_of_svg(std::string_view name) {
  static constexpr std::array<std::string_view, 40> kNames = {
      "path",
      "g",
      "circle",
      "rect",
      "line",
      "polygon",
      "polyline",
      "ellipse",
      "use",
      "defs",
      "symbol",
      "text",
      "tspan",
      "textpath",
      "clippath",
      "mask",
      "stop",
      "lineargradient",
      "radialgradient",
      "pattern",
      "marker",
      "filter",
      "image",
      "animate",
      "animatetransform",
      "animatemotion",
      "set",
      "svg",
      "switch",
      "view",
      "metadata",
      "feblend",
      "fecolormatrix",
      "fecomposite",
      "feflood",
      "fegaussianblur",
      "femerge",
      "femergenode",
      "feoffset",
      "fedropshadow"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](auto one) { return equals_ignoring_case(name, one); });
}

// Which may hold HTML, or text that is read in another way.
inline bool holds_text_in_svg(std::string_view name) {
  return equals_ignoring_case(name, "title") ||
         equals_ignoring_case(name, "desc") ||
         equals_ignoring_case(name, "style");
}

// A picture, from the `<` of its tag on, which ends before `p`.
template <class Sink>
const char* PlainScan<Sink>::svg(const char* begin, const char* p) {
  constexpr std::size_t kDeepestSvg = 50;
  std::vector<std::string_view> names;
  const auto open = [&](std::string_view name, std::string_view tag) {
    open_.push(GUMBO_TAG_SVG, sink_.open_svg(name, tag, open_.node()));
    names.push_back(name);
    if (reader_.self_closing()) {
      names.pop_back();
      pop();
    }
  };
  open({begin + 1, 3}, {begin, static_cast<std::size_t>(p - begin)});
  const char* text = p;
  while (!names.empty()) {
    const char* const tag = reader_.find_tag(p);
    if (left(tag) < 3 || !good_ || names.size() > kDeepestSvg) {
      doubt();
      return reader_.page_end();
    }
    const bool ends = tag[1] == '/';
    const char* const name = tag + (ends ? 2 : 1);
    if (!bytes::is(*name, bytes::kAlpha)) {
      p = tag + 1;
      if (!ends && *p != '!' && *p != '?') continue;  // text
      add_text(text, tag);
      // CDATA, and what gumbo makes something else of.
      if (p[1] == '[' || (ends && *name == '>')) doubt();
      p = *p == '!' ? declaration(tag) : bogus_comment(name);
      text = p;
      continue;
    }
    add_text(text, tag);
    p = reader_.tag_name(name);
    const std::string_view word(name, static_cast<std::size_t>(p - name));
    if (ends && (p == reader_.page_end() || *p != '>')) doubt();
    p = reader_.attributes(p,
                           [&](std::string_view key, std::string_view value) {
                             if (!ends) sink_.attribute(key, value);
                           });
    if (p == nullptr) {
      doubt();
      return reader_.page_end();
    }
    text = p;
    if (ends) {
      std::size_t at = names.size();
      while (at > 0 && !equals_ignoring_case(names[at - 1], word)) --at;
      if (at == 0) doubt();  // of what is around the picture
      for (; at > 0 && names.size() >= at; names.pop_back()) pop();
      continue;
    }
    if (holds_text_in_svg(word) && !reader_.self_closing()) {
      // HTML may be in there: that there is none is seen at its end tag.
      const char* const next = reader_.find_tag(p);
      if (left(next) < 3 || next[1] != '/' ||
          !bytes::matches(next + 2, reader_.page_end(),
                          lower_case(std::string(word)))) {
        doubt();
      }
    } else if (!holds_text_in_svg(word) && !is_of_svg(word)) {
      doubt();
    }
    open(word, {tag, static_cast<std::size_t>(p - tag)});
  }
  return p;
}

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_PLAIN_SCAN_BODY_H_
