#ifndef CRAWL_TESTS_SUPPORT_SCREEN_MODEL_H_
#define CRAWL_TESTS_SUPPORT_SCREEN_MODEL_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace crawl::testing {

// What a terminal shows for the bytes written to it: cursor, wrapping at the
// last column (at the next character, as terminals do), CR, LF, BS, tabs, the
// erasing of lines and of what is below, colours and links. Lines that scroll
// away are kept. When it is resized, lines that wrapped are laid out anew and
// the cursor stays at its character, as most terminals have it.
//
// Anything else that a terminal obeys is an error, to be found in surprises().
class ScreenModel {
 public:
  explicit ScreenModel(std::size_t columns) : columns_(columns) {}

  void feed(std::string_view bytes);
  void resize(std::size_t columns);

  // Every row from the first one written, without the spaces at its end.
  std::vector<std::string> rows() const;
  std::string row(std::size_t index) const;
  std::string text() const;  // all of them, each with a line end
  std::size_t cursor_row() const { return row_; }
  std::size_t cursor_column() const { return column_; }

  // The SGR parameters ("31") and the link that a cell has.
  std::string colour_at(std::size_t row, std::size_t column) const;
  std::string link_at(std::size_t row, std::size_t column) const;

  const std::string& surprises() const { return surprises_; }

 private:
  struct Cell {
    std::string text = " ";
    std::string colour = {};
    std::string link = {};
  };
  struct Row {
    std::vector<Cell> cells;
    bool wrapped = false;  // goes on in the next one
  };

  std::size_t take(std::string_view bytes);  // how many it understood
  std::size_t take_escape(std::string_view bytes);
  void control(std::string_view parameters, char final);
  void put(std::string_view character);
  void line_feed();
  Row& current();

  std::size_t columns_;
  std::vector<Row> rows_{1};
  std::size_t row_ = 0;
  std::size_t column_ = 0;  // columns_: the next character wraps
  std::string colour_;
  std::string link_;
  std::string unfinished_;  // an escape or a character that goes on
  std::string surprises_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_SCREEN_MODEL_H_
