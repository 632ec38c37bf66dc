#include "support/access_log.h"

#include <fmt/format.h>

#include <iterator>
#include <stdexcept>

namespace crawl::testing {
namespace {

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

// One field: nothing in it may end the field or the line.
std::string field(const std::string& text) {
  std::string clean = text.empty() ? "-" : text;
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return clean;
}

}  // namespace

AccessLog::AccessLog(const std::string& path)
    : opened_(std::chrono::steady_clock::now()), file_(path) {
  file_ << "start\tduration\tconnection\tmethod\thost\ttarget\tstatus\t"
           "bytes_sent\tclient_left\n";
  file_.flush();
  if (!file_) throw std::runtime_error("cannot write " + path);
}

void AccessLog::add(const LoggedRequest& entry) {
  const auto finished = entry.finished.value_or(entry.started);
  const std::string line = fmt::format(
      "{:.6f}\t{:.6f}\t{}\t{}\t{}\t{}\t{}\t{}\t{:d}\n",
      seconds(entry.started - opened_), seconds(finished - entry.started),
      entry.request.connection, field(entry.request.method),
      field(entry.request.host), field(entry.request.target), entry.status,
      entry.bytes_sent, entry.client_left);
  const std::lock_guard lock(mutex_);
  file_ << line;
}

void AccessLog::flush() {
  const std::lock_guard lock(mutex_);
  file_.flush();
}

}  // namespace crawl::testing
