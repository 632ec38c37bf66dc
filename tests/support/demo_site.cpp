// A small web server on a loopback address: the demo site, any number of
// generated pages, a fixed latency, and every kind of bad behaviour for tests.
// Prints one line, "listening on http://127.0.0.1:PORT", then serves until
// SIGTERM or SIGINT.

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>

#include "support/access_log.h"
#include "support/loopback_site.h"
#include "support/routes/routes.h"
#include "support/site_files.h"
#include "support/synthetic_pages.h"

namespace {

struct Flags {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  double latency_ms = 0;
  std::string root;
  std::string log_file;
  crawl::testing::SyntheticPages pages;
};

void add_options(CLI::App& app, Flags& flags) {
  app.add_option("--address", flags.address, "Address to listen on")
      ->capture_default_str();
  app.add_option("--port", flags.port, "Port; 0 lets the system pick")
      ->capture_default_str();
  app.add_option("--latency", flags.latency_ms,
                 "Wait before every answer, such as 50ms")
      ->transform(CLI::AsNumberWithUnit(std::map<std::string, double>{
          {"us", 0.001}, {"ms", 1}, {"s", 1000}}));
  app.add_option("--root", flags.root,
                 "Directory to serve at /, its pages listed in /pages.txt")
      ->check(CLI::ExistingDirectory)
      ->default_str("the demo site");
  app.add_option("--pages", flags.pages.count,
                 "Also serve so many generated pages /p/N.html, listed in "
                 "/urls.txt");
  app.add_option("--page-size", flags.pages.page_size,
                 "Size in bytes of a generated page")
      ->capture_default_str();
  app.add_option("--log", flags.log_file,
                 "Write a tab-separated access log with times to this file");
}

// Connections by the thousand need descriptors by the thousand.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int serve(const Flags& flags, const sigset_t& endings) {
  std::unique_ptr<crawl::testing::AccessLog> log;
  crawl::testing::LoopbackSiteOptions options;
  options.address = flags.address;
  options.port = flags.port;
  options.latency = std::chrono::nanoseconds(
      static_cast<std::int64_t>(flags.latency_ms * 1e6));
  options.keep_log = false;
  if (!flags.log_file.empty()) {
    log = std::make_unique<crawl::testing::AccessLog>(flags.log_file);
    options.on_finished = [&](const crawl::testing::LoggedRequest& entry) {
      log->add(entry);
    };
  }

  crawl::testing::LoopbackSite site(options);
  crawl::testing::add_routes(site);
  const std::string root =
      flags.root.empty() ? CRAWL_DATA_DIR "/sites/demo" : flags.root;
  crawl::testing::serve_page_list(site, "/pages.txt",
                                  crawl::testing::serve_files(site, root));
  if (flags.pages.count > 0) {
    crawl::testing::serve_synthetic_pages(site, flags.pages);
  }
  std::printf("listening on %s\n", site.origin().c_str());
  std::fflush(stdout);

  const timespec flush_interval{0, 200'000'000};
  while (sigtimedwait(&endings, nullptr, &flush_interval) < 0) {
    if (errno != EAGAIN && errno != EINTR) return 1;
    if (log) log->flush();
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  // Blocked before any thread starts, so that sigtimedwait() gets them.
  sigset_t endings;
  sigemptyset(&endings);
  sigaddset(&endings, SIGINT);
  sigaddset(&endings, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &endings, nullptr);
  raise_descriptor_limit();

  CLI::App app("Serves the demo site and bad behaviours on a loopback address");
  Flags flags;
  add_options(app, flags);
  CLI11_PARSE(app, argc, argv);
  try {
    return serve(flags, endings);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "demo_site: %s\n", error.what());
    return 2;
  }
}
