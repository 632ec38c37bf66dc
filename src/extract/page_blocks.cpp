#include "extract/page_blocks.h"

#include <algorithm>
#include <string>
#include <utility>

#include "crawl/base/fingerprint.h"
#include "extract/content_traits.h"
#include "extract/text_writer.h"
#include "parse/html/html_text.h"

namespace crawl {
namespace {

using Index = ContentTree::Index;
using Node = ContentTree::Node;

// Between others, a block of fewer words says what those are.
constexpr std::uint32_t kFewWords = 12;

}  // namespace

class PageBlocks::Reader {
 public:
  explicit Reader(PageBlocks& blocks)
      : tree_(blocks.tree_), blocks_(blocks.blocks_), texts_(blocks.texts_) {}

  Index enter(Index i) {
    const Node& node = tree_[i];
    if (whole_ == 0 && begins_block(node)) {
      end_block();
      if (is_whole(i)) whole_ = i;
      heading_ = is_heading(node) || node.is(GUMBO_TAG_DT) ||
                 node.is(GUMBO_TAG_CAPTION);
    } else if (node.is(GUMBO_TAG_TH)) {
      heading_ = true;
    }
    return i + 1;
  }

  void leave(Index i) {
    if (whole_ != 0 && whole_ != i) return;
    whole_ = 0;
    if (begins_block(tree_[i])) end_block();
  }

  void text(Index i) {
    append_collapsed(tree_[i].text, 0, space_, text_);
    pending_.push_back(i);
  }

  void end_block() {
    const bool was_heading = std::exchange(heading_, false);
    space_ = false;
    if (!text_.empty()) {
      blocks_.push_back(
          {fingerprint(text_).low, static_cast<std::uint32_t>(texts_.size()),
           static_cast<std::uint32_t>(count_words(text_)), was_heading});
      texts_.insert(texts_.end(), pending_.begin(), pending_.end());
    }
    text_.clear();
    pending_.clear();
  }

 private:
  static bool begins_block(const Node& node) {
    return node.layout != Layout::kInline && node.layout != Layout::kCell;
  }
  // All in it is one block.
  bool is_whole(Index i) const {
    return tree_[i].is(GUMBO_TAG_PRE) || is_heading(tree_[i]) ||
           is_code_of_lines(tree_, i);
  }

  const ContentTree& tree_;
  std::vector<Block>& blocks_;
  std::vector<Index>& texts_;
  std::string text_;
  std::vector<Index> pending_;
  Index whole_ = 0;  // the element, while it lasts
  bool heading_ = false;
  bool space_ = false;
};

PageBlocks::PageBlocks(const ContentTree& tree, const ContentPlan& plan)
    : tree_(tree) {
  Reader reader(*this);
  if (plan.heading != ContentTree::kRoot) {
    walk_content(tree, plan, plan.heading, reader);
    reader.end_block();
  }
  walk_content(tree, plan, plan.region, reader);
  reader.end_block();
}

std::vector<BlockKey> PageBlocks::keys() const {
  std::vector<BlockKey> keys;
  keys.reserve(blocks_.size());
  for (const Block& block : blocks_) keys.push_back(block.key);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  if (keys.size() > kMostBlocks) keys.resize(kMostBlocks);
  return keys;
}

// Which go.
std::vector<bool> PageBlocks::judge(const BlockSet& repeated) const {
  const std::size_t count = blocks_.size();
  std::vector<bool> goes(count);
  for (std::size_t i = 0; i < count; ++i) {
    goes[i] = repeated.contains(blocks_[i].key);
  }
  for (std::size_t begin = 0; begin < count;) {
    if (!goes[begin]) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    std::size_t words = 0;
    for (; end < count && goes[end]; ++end) words += blocks_[end].words;
    std::size_t kept = end;
    if (end < count) {
      // What follows a heading stays.
      while (kept > begin && blocks_[kept - 1].is_heading) {
        words -= blocks_[--kept].words;
      }
      if (begin > 0 && words < kFewWords) kept = begin;
    }
    std::fill(goes.begin() + static_cast<std::ptrdiff_t>(kept),
              goes.begin() + static_cast<std::ptrdiff_t>(end), false);
    begin = end;
  }
  return goes;
}

void PageBlocks::leave_out(const BlockSet& repeated, ContentPlan& plan) const {
  const std::vector<bool> goes = judge(repeated);
  if (std::find(goes.begin(), goes.end(), false) == goes.end()) return;
  // Of each element the texts in it, and those of them that go.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> texts(tree_.size());
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const std::size_t end =
        i + 1 < blocks_.size() ? blocks_[i + 1].first_text : texts_.size();
    for (std::size_t at = blocks_[i].first_text; at < end; ++at) {
      texts[texts_[at]] = {1, goes[i] ? 1 : 0};
    }
  }
  for (Index i = tree_.size(); i-- > 0;) {
    const auto [all, going] = texts[i];
    if (all == 0) continue;
    if (going == all) plan.left_out[i] = 1;
    if (i == ContentTree::kRoot) break;
    auto& parent = texts[tree_[i].parent];
    parent.first += all;
    parent.second += going;
  }
}

}  // namespace crawl
