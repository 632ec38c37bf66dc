// However long a loop is at something else, nobody is late who was not.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "crawl/parse/page_extractor.h"
#include "fetch/fetch_fixture.h"
#include "support/http2_site.h"
#include "support/ports.h"

namespace {

// So far is this program ahead of the machine's time.
std::atomic<time_t> seconds_ahead{0};

}  // namespace

// In place of libc's.
extern "C" int clock_gettime(clockid_t id, timespec* time) noexcept {
  const auto result = static_cast<int>(syscall(SYS_clock_gettime, id, time));
  if (result == 0 && id == CLOCK_MONOTONIC) time->tv_sec += seconds_ahead;
  return result;
}

namespace crawl::testing {
namespace {

using namespace std::chrono_literals;

// Longer than the limits, and not as long as tests have patience.
constexpr time_t kBusy = 60;
constexpr auto kLimit = 30s;

// Does once, while a page is read, what a test has to do meanwhile.
class Busy final : public PageExtractor {
 public:
  Extraction extract(std::string_view, std::string_view,
                     const Url&) const override {
    if (const auto work = std::exchange(work_, nullptr)) {
      work();
      seconds_ahead += kBusy;
    }
    return {};
  }
  void set(std::function<void()> work) { work_ = std::move(work); }

 private:
  mutable std::function<void()> work_;
};

// A server's end of one connection.
class Peer {
 public:
  explicit Peer(UniqueFd socket) : socket_(std::move(socket)) {}
  ~Peer() {
    shutdown(socket_.get(), SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
  }
  int fd() const { return socket_.get(); }
  bool has_bytes() const {
    char byte;
    return recv(fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
  }
  void read_head() const {
    std::string head;
    char byte;
    while (!head.ends_with("\r\n\r\n") && recv(fd(), &byte, 1, 0) == 1) {
      head += byte;
    }
  }
  void say(std::string_view text) const {
    ASSERT_EQ(send(fd(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  // The first part of TLS's handshake, if the client's is there.
  void begin_tls() {
    context_ = LoopbackTls::get().make_context();
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), fd());
    fcntl(fd(), F_SETFL, O_NONBLOCK);
    EXPECT_EQ(SSL_get_error(ssl_.get(), SSL_accept(ssl_.get())),
              SSL_ERROR_WANT_READ);
    fcntl(fd(), F_SETFL, 0);
  }
  // Whatever is left to do, on a thread of its own.
  void answer(bool tls) {
    thread_ = std::thread([this, tls] {
      const std::string answer =
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
      if (!tls) {
        read_head();
        say(answer);
        return;
      }
      if (!ssl_) {
        context_ = LoopbackTls::get().make_context();
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_fd(ssl_.get(), fd());
      }
      char bytes[4096];
      if (SSL_accept(ssl_.get()) == 1 &&
          SSL_read(ssl_.get(), bytes, sizeof bytes) > 0) {
        SSL_write(ssl_.get(), answer.data(), static_cast<int>(answer.size()));
      }
    });
  }

 private:
  UniqueFd socket_;
  std::shared_ptr<SSL_CTX> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
  std::thread thread_;
};

UniqueFd accept_at(const BoundSocket& listener) {
  return UniqueFd(
      accept4(listener.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
}

class LateLoop : public FetchTest {
 protected:
  LateLoop() {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's
    options.max_time = kLimit;
    options.connect_timeout = kLimit;
    options.stall_time = kLimit;
    options.extractor = busy;
    busy_site.serve("/", "<title>busy</title>");
  }

  // Turns the loop until `done`.
  template <class Done>
  void turn_until(Done done) {
    const auto limit = patience();
    std::vector<FetchResult> results;
    while (!done() && std::chrono::steady_clock::now() < limit) {
      fetcher().wait(std::chrono::steady_clock::now() + 1ms, results);
    }
    EXPECT_TRUE(results.empty());
  }
  void start(const std::string& url) {
    fetcher().start({.id = 1, .url = url_of(url)});
  }
  // What became of that, when the loop has been busy with another page, while
  // which `meanwhile` happened.
  FetchResult busy_while(std::function<void()> meanwhile) {
    busy->set(std::move(meanwhile));
    fetcher().start({.id = 2, .url = url_of(busy_site.url("/"))});
    auto results = collect(2);
    if (results.size() != 2) throw std::runtime_error("not two results");
    EXPECT_EQ(results[1].error, ErrorKind::kNone) << results[1].error_message;
    return std::move(results[0]);
  }
  std::string url(const BoundSocket& listener) const {
    return scheme() + "://127.0.0.1:" + std::to_string(listener.port) + "/";
  }
  static void expect_good(const FetchResult& result) {
    EXPECT_EQ(result.error, ErrorKind::kNone) << result.error_message;
    EXPECT_EQ(result.status_code, 200);
  }

  const std::shared_ptr<Busy> busy = std::make_shared<Busy>();
  LoopbackSite busy_site;
};
INSTANTIATE_TEST_SUITE_P(
    , LateLoop,
    ::testing::Values(FetchWay{"http", FetcherKind::kInline},
                      FetchWay{"https", FetcherKind::kInline}),
    NameOfParameter());

// And over HTTP/2.
class LateAnswer : public LateLoop {
 protected:
  // That comes meanwhile.
  FetchResult answer_of_http2() {
    const Http2Identity identity;
    options.ca_file = identity.ca_file();
    std::binary_semaphore go(0);
    std::binary_semaphore gone(0);
    const Http2Site server(identity, [&](auto& peer, const auto& request) {
      go.acquire();
      peer.send(h2::answer(request.stream, "<title>late</title>"));
      gone.release();
    });
    start(server.url("/late"));
    turn_until([&] { return server.requests("/late") == 1; });
    return busy_while([&] {
      go.release();
      gone.acquire();
    });
  }
};
INSTANTIATE_TEST_SUITE_P(
    , LateAnswer,
    ::testing::Values(FetchWay{"http", FetcherKind::kInline},
                      FetchWay{"https", FetcherKind::kInline},
                      FetchWay{"https", FetcherKind::kInline, true}),
    NameOfParameter());

TEST_P(LateAnswer, ThatHasComeMeanwhileIsInTime) {
  using Limits = std::pair<std::chrono::milliseconds, std::chrono::seconds>;
  for (const auto& [whole, stall] : {Limits{kLimit, 0s}, Limits{0s, kLimit}}) {
    options.max_time = whole;
    options.stall_time = stall;
    drop_fetcher();
    if (is_http2()) {
      expect_good(answer_of_http2());
      continue;
    }
    const std::string gate = whole == 0s ? "stall" : "whole";
    site.serve("/" + gate, [gate](const HttpRequest&) {
      return Reply().wait_for(gate).then(Reply::html("<title>late</title>"));
    });
    site.clear_log();
    start(site.url("/" + gate));
    turn_until([this] { return site.log().size() == 1; });
    expect_good(busy_while([&] {
      site.open_gate(gate);
      ASSERT_TRUE(site.request_log().wait_for_finished(1));
    }));
  }
}

TEST_P(LateAnswer, ThatHasNotComeIsLate) {
  site.serve("/never", [](const HttpRequest&) { return Reply().hang(); });
  start(site.url("/never"));
  turn_until([this] { return site.log().size() == 1; });
  EXPECT_EQ(busy_while([] {}).error, ErrorKind::kTimeout);
}

TEST_P(LateLoop, AConnectionThatCameAboutMeanwhileIsInTime) {
  // Of those that nobody has accepted it holds one; who comes next has to try
  // again.
  const BoundSocket listener = listen_on("127.0.0.1", 0, 0, 0);
  const UniqueFd first(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  getsockname(listener.socket.get(), generic, &size);
  ASSERT_EQ(connect(first.get(), generic, size), 0);
  start(url(listener));
  turn_until([turns = 0]() mutable { return ++turns > 3; });
  std::unique_ptr<Peer> peer;
  expect_good(busy_while([&] {
    const UniqueFd accepted = accept_at(listener);
    peer = std::make_unique<Peer>(accept_at(listener));
    peer->answer(is_tls());
  }));
}

TEST_P(LateLoop, AHandshakeThatWentOnMeanwhileIsInTime) {
  if (!is_tls()) return;
  const BoundSocket listener = listen_on();
  start(url(listener));
  turn_until([turns = 0]() mutable { return ++turns > 3; });
  Peer peer(accept_at(listener));
  turn_until([&] { return peer.has_bytes(); });
  expect_good(busy_while([&] {
    peer.begin_tls();
    peer.answer(true);
  }));
}

TEST_P(LateLoop, ATunnelThatCameAboutMeanwhileIsInTime) {
  const BoundSocket listener = listen_on();
  options.proxy = "http://127.0.0.1:" + std::to_string(listener.port);
  options.proxy_rules.no_proxy = "127.0.0.1";
  options.connect_to = {"far.test:80:far.test:8080"};  // a tunnel for http, too
  start(scheme() + "://far.test/");
  turn_until([turns = 0]() mutable { return ++turns > 3; });
  Peer peer(accept_at(listener));
  turn_until([&] { return peer.has_bytes(); });
  expect_good(busy_while([&] {
    peer.read_head();
    peer.say("HTTP/1.1 200 OK\r\n\r\n");
    peer.answer(is_tls());
  }));
}

TEST_P(LateLoop, WhoNeitherConnectsNorShakesHandsIsLate) {
  const BoundSocket listener = listen_on();
  options.max_time = 0s;
  start(url(listener));
  turn_until([turns = 0]() mutable { return ++turns > 3; });
  const Peer peer(accept_at(listener));
  EXPECT_EQ(busy_while([] {}).error, ErrorKind::kTimeout);
}

}  // namespace
}  // namespace crawl::testing
