#ifndef CRAWL_TESTS_CLI_CHECK_FIXTURE_H_
#define CRAWL_TESTS_CLI_CHECK_FIXTURE_H_

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/cli_fixture.h"
#include "support/closed_ports.h"

namespace crawl::testing {

// A line of data/check/site.tsv.
struct Row {
  std::string outcome, reason, kind, html;
  int count = 0;
};

inline std::vector<Row> planted() {
  std::vector<Row> rows;
  std::ifstream file(std::string(CRAWL_DATA_DIR) + "/check/site.tsv");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream cells(line);
    Row row;
    std::string count;
    std::getline(cells, row.outcome, '\t');
    std::getline(cells, row.reason, '\t');
    std::getline(cells, row.kind, '\t');
    std::getline(cells, count, '\t');
    std::getline(cells, row.html);
    row.count = std::stoi(count);
    rows.push_back(std::move(row));
  }
  return rows;
}

inline std::string replaced(std::string text, const std::string& what,
                            const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos;
       at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

// "/a/b/c" without its first part, which `first` is set to.
inline std::string behind_first(const std::string& path, std::string& first) {
  if (path.empty()) return "";
  const std::size_t end = path.find('/', 1);
  first = path.substr(1, end == path.npos ? end : end - 1);
  return end == path.npos ? "" : path.substr(end);
}

// What the planted links lead to.
inline Reply answer(const HttpRequest& request) {
  const bool head = request.method == "HEAD";
  std::string kind;
  std::string rest = behind_first(request.path, kind);
  const std::string number = rest.substr(std::min<std::size_t>(1, rest.size()));
  if (kind == "ok") {
    std::string page =
        "<!DOCTYPE html><title>ok</title><h1 id=sec-{n}>x</h1>"
        "<a name=old-{n}></a><p id='caf\xc3\xa9-{n}'>The quick "
        "<b>brown</b> fox jumps\nover the lazy dog"
        "<p id='50%25-{n}'><p id='a&amp;b-{n}'>";
    return Reply::html(replaced(page, "{n}", number));
  }
  if (kind == "img") {
    return Reply::response(200, {{"Content-Type", "image/png"}}, "\x89PNG");
  }
  if (kind == "file") {
    return Reply::response(200, {{"Content-Type", "application/pdf"}}, "%PDF");
  }
  if (kind == "loop") return Reply::redirect(request.path);
  if (kind == "noloc") return Reply::html("<p>x", 302);
  if (kind == "emptyloc") return Reply::redirect("");
  if (kind == "headlost") {
    return head ? Reply::redirect("/404/head") : Reply::html("<p>x");
  }
  if (kind == "part")
    return Reply::redirect("/ok/" + number + "#sec-" + number);
  if (kind == "nopart") return Reply::redirect("/ok/" + number + "#no");
  if (kind == "badloc") return Reply::redirect("http://a b/");
  if (kind == "hang") return Reply().hang();
  if (kind == "cut") return Reply().close();
  if (kind == "headcut") return head ? Reply().close() : Reply::html("<p>x");
  std::string code;
  rest = behind_first(rest, code);
  if (kind == "s") return Reply::html("<p>x", std::stoi(code));
  if (kind == "r") return Reply::redirect(rest, std::stoi(code));
  if (kind == "nohead")
    return Reply::html("<p>x", head ? std::stoi(code) : 200);
  if (kind == "chain") {
    return Reply::redirect("/chain/" + std::to_string(std::stoi(code) - 1) +
                           rest);
  }
  return Reply::html("<p>not here", 404);
}

class CheckCliTest : public CliTest {
 protected:
  explicit CheckCliTest(LoopbackSiteOptions options = {})
      : CliTest(std::move(options)) {}

  std::string own(const std::string& path) {
    return site_.url("one.test", path);
  }

  // Two sites on one server, one of them with everything that is planted.
  void plant(const std::vector<Row>& rows) {
    const std::string far = site_.url("far.test", "");
    site_.serve("/*", answer);
    site_.serve("//far.test/robots.txt",
                "User-agent: *\nDisallow: /private/\n");
    std::string index = "<!DOCTYPE html><title>index</title>\n";
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::string path = "/t/" + std::to_string(i) + ".html";
      index += "<a href=\"" + path + "\">" + rows[i].kind + "</a>\n";
      std::string page =
          "<!DOCTYPE html><meta charset=utf-8><title>t</title><body>\n";
      for (int n = 0; n < rows[i].count; ++n) {
        std::string line = replaced(rows[i].html, "{n}", std::to_string(n));
        line = replaced(line, "{farhost}", far.substr(far.find("//") + 2));
        line = replaced(line, "{far}", far);
        line = replaced(line, "{busy}", site_.url("two.test", ""));
        line = replaced(
            line, "{FAR}",
            replaced(replaced(far, "far.test", "FAR.Test"), "http", "HTTP"));
        line = replaced(line, "{closed}", std::to_string(closed_.port()));
        page += line + "\n";
      }
      site_.serve(path, page);
    }
    site_.serve("/index.html", index);
  }

  std::vector<std::string> check_arguments(std::vector<std::string> more) {
    const std::string port = std::to_string(site_.port());
    std::vector<std::string> arguments = {
        "--check",     own("/index.html"),
        "--resolve",   "one.test:" + port + ":127.0.0.1",
        "--resolve",   "far.test:" + port + ":127.0.0.1",
        "--resolve",   "two.test:" + port + ":127.0.0.1",
        "--format",    "jsonl",
        "--retry",     "0",
        "-m",          "4",
        "--per-host",  "8",
        "-j",          "16",
        "--no-config", "-q"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  RefusingPort closed_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_CLI_CHECK_FIXTURE_H_
