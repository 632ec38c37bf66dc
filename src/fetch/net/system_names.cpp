#include "fetch/net/system_names.h"

#include <netdb.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <system_error>
#include <utility>

namespace crawl {
namespace {

int made_eventfd() {
  const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0)
    throw std::system_error(errno, std::generic_category(), "eventfd");
  return fd;
}

}  // namespace

SystemAnswer ask_getaddrinfo(const std::string& name) {
  SystemAnswer answer;
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  answer.error = ::getaddrinfo(name.c_str(), nullptr, &hints, &list);
  if (answer.error != 0) return answer;
  for (const addrinfo* a = list; a != nullptr; a = a->ai_next) {
    if (const auto address = SocketAddress::from(*a->ai_addr)) {
      answer.addresses.push_back(*address);
    }
  }
  ::freeaddrinfo(list);
  return answer;
}

SystemAnswers::SystemAnswers() : event_(made_eventfd()) {}

void SystemAnswers::put(SystemAnswer answer) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  answers_.push_back(std::move(answer));
  const std::uint64_t one = 1;
  while (::write(event_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
}

std::vector<SystemAnswer> SystemAnswers::take() {
  std::uint64_t ignored;
  while (::read(event_.get(), &ignored, sizeof ignored) < 0 && errno == EINTR) {
  }
  const std::lock_guard lock(mutex_);
  return std::exchange(answers_, {});
}

void SystemAnswers::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  answers_.clear();
}

bool SystemAnswers::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

SystemNames::SystemNames(std::size_t max_threads, Lookup look_up)
    : look_up_(std::move(look_up)),
      pool_({.max_workers = max_threads, .thread_name_prefix = "names"}) {}

void SystemNames::ask(std::string name, void* asked_for,
                      std::shared_ptr<SystemAnswers> answers) {
  // Keeps this alive: a pool that ends on its own worker does not wait.
  pool_.submit([self = shared_from_this(), name = std::move(name), asked_for,
                answers = std::move(answers)] {
    if (answers->closed()) return;
    SystemAnswer answer;
    try {
      answer = self->look_up_(name);
    } catch (const std::exception&) {
      answer.error = EAI_MEMORY;
    }
    answer.asked_for = asked_for;
    answers->put(std::move(answer));
  });
}

}  // namespace crawl
