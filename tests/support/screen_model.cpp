#include "support/screen_model.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace crawl::testing {
namespace {

std::size_t utf8_length(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte < 0x80) return 1;
  if (byte >= 0xF0) return 4;
  return byte >= 0xE0 ? 3 : 2;
}

}  // namespace

void ScreenModel::feed(std::string_view bytes) {
  unfinished_ += bytes;
  while (!unfinished_.empty()) {
    const std::size_t taken = take(unfinished_);
    if (taken == 0) return;
    unfinished_.erase(0, taken);
  }
}

std::size_t ScreenModel::take(std::string_view bytes) {
  const char c = bytes[0];
  if (c == '\x1b') return take_escape(bytes);
  if (c == '\r') {
    column_ = 0;
  } else if (c == '\n') {
    line_feed();
  } else if (c == '\b') {
    column_ = std::min(column_, columns_ - 1);
    if (column_ > 0) --column_;
  } else if (c == '\t') {
    column_ = std::min(columns_ - 1, (column_ / 8 + 1) * 8);
  } else if (c == '\a') {
    // Heard, not seen.
  } else if (static_cast<unsigned char>(c) < 0x20) {
    surprises_ += "control character; ";
  } else {
    const std::size_t length = utf8_length(c);
    if (bytes.size() < length) return 0;
    put(bytes.substr(0, length));
    return length;
  }
  return 1;
}

std::size_t ScreenModel::take_escape(std::string_view bytes) {
  if (bytes.size() < 2) return 0;
  if (bytes[1] == '[') {
    const std::size_t end = bytes.find_first_not_of("0123456789;?", 2);
    if (end == std::string_view::npos) return 0;
    control(bytes.substr(2, end - 2), bytes[end]);
    return end + 1;
  }
  if (bytes[1] == ']') {
    const std::size_t end = bytes.find("\x1b\\");
    if (end == std::string_view::npos) return 0;
    const std::string_view command = bytes.substr(2, end - 2);
    if (command.starts_with("8;;")) {
      link_ = command.substr(3);
    } else {
      surprises_ += "operating system command; ";
    }
    return end + 2;
  }
  surprises_ += "escape; ";
  return 2;
}

void ScreenModel::control(std::string_view parameters, char final) {
  const std::size_t at = std::min(column_, columns_ - 1);
  if (final == 'm') {
    colour_ = parameters == "0" ? "" : parameters;
  } else if (parameters.starts_with('?') && (final == 'h' || final == 'l')) {
    // A mode, such as bracketed paste: a shell's.
  } else if (final == 'K' && (parameters.empty() || parameters == "0")) {
    if (current().cells.size() > at) current().cells.resize(at);
    current().wrapped = false;
  } else if (final == 'J' && (parameters.empty() || parameters == "0")) {
    if (current().cells.size() > at) current().cells.resize(at);
    current().wrapped = false;
    rows_.resize(row_ + 1);
  } else {
    surprises_ += "control sequence ";
    surprises_ += parameters;
    surprises_ += final;
    surprises_ += "; ";
  }
}

ScreenModel::Row& ScreenModel::current() { return rows_[row_]; }

void ScreenModel::put(std::string_view character) {
  if (column_ >= columns_) {
    current().wrapped = true;
    line_feed();
    column_ = 0;
  }
  std::vector<Cell>& cells = current().cells;
  if (cells.size() <= column_) cells.resize(column_ + 1);
  cells[column_++] = {std::string(character), colour_, link_};
}

void ScreenModel::line_feed() {
  if (++row_ == rows_.size()) rows_.emplace_back();
}

void ScreenModel::resize(std::size_t columns) {
  std::vector<Row> rows;
  std::size_t new_row = 0;
  std::size_t new_column = 0;
  for (std::size_t i = 0; i < rows_.size();) {
    std::vector<Cell> line;
    std::size_t cursor = std::string::npos;
    while (true) {
      if (i == row_) cursor = line.size() + column_;
      const bool more = rows_[i].wrapped && i + 1 < rows_.size();
      if (more) rows_[i].cells.resize(columns_);
      std::move(rows_[i].cells.begin(), rows_[i].cells.end(),
                std::back_inserter(line));
      ++i;
      if (!more) break;
    }
    const std::size_t first = rows.size();
    for (std::size_t at = 0; at == 0 || at < line.size(); at += columns) {
      Row& row = rows.emplace_back();
      const std::size_t end = std::min(line.size(), at + columns);
      for (std::size_t k = at; k < end; ++k) {
        row.cells.push_back(std::move(line[k]));
      }
      row.wrapped = end < line.size();
    }
    if (cursor != std::string::npos) {
      new_row = std::min(first + cursor / columns, rows.size() - 1);
      new_column = cursor % columns;
    }
  }
  rows_ = std::move(rows);
  row_ = new_row;
  column_ = new_column;
  columns_ = columns;
}

std::string ScreenModel::row(std::size_t index) const {
  std::string text;
  if (index >= rows_.size()) return text;
  for (const Cell& cell : rows_[index].cells) text += cell.text;
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::vector<std::string> ScreenModel::rows() const {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < rows_.size(); ++i) all.push_back(row(i));
  return all;
}

std::string ScreenModel::text() const {
  std::string all;
  for (const std::string& row : rows()) all += row + "\n";
  return all;
}

std::string ScreenModel::colour_at(std::size_t row, std::size_t column) const {
  return rows_.at(row).cells.at(column).colour;
}

std::string ScreenModel::link_at(std::size_t row, std::size_t column) const {
  return rows_.at(row).cells.at(column).link;
}

}  // namespace crawl::testing
