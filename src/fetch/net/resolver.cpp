#include "fetch/net/resolver.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <ifaddrs.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "fetch/net/ares_channel.h"

namespace crawl {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// How long an answer is believed: its TTL within these bounds.
constexpr seconds kMinTtl{10};
constexpr seconds kMaxTtl{3600};
constexpr seconds kNoSuchNameFor{30};
constexpr seconds kFailureFor{5};
constexpr seconds kSystemAnswerFor{60};

// A socket's port is half of what keeps a forged answer out: it is changed now
// and then, and resolv.conf read again.
constexpr std::size_t kQuestionsPerChannel = 4096;

// So many answers in a row that came only after a time-out: the first name
// server is gone, and another takes its place.
constexpr int kLateInARow = 8;

constexpr seconds kLookForIpv6Every{10};

// Letters, digits and what else turns up in names that work; c-ares would take
// a backslash for an escape, and a zero for the end.
bool can_be_asked(std::string_view name) {
  if (name.empty() || name.size() > 254) return false;
  std::size_t label = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    if (c <= 0x20 || c >= 0x7f || c == '\\') return false;
    if (c == '.') {
      if (i == label) return false;
      label = i + 1;
    } else if (i - label >= 63) {
      return false;
    }
  }
  return true;
}

bool is_within(std::string_view name, std::string_view domain) {
  return name.ends_with(domain) &&
         (name.size() == domain.size() ||
          name[name.size() - domain.size() - 1] == '.');
}

// Of a link's or this machine's own: an address that leads out is neither.
bool interface_has_ipv6() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return true;
  bool found = false;
  for (const ifaddrs* i = list; i != nullptr && !found; i = i->ifa_next) {
    if (i->ifa_addr == nullptr || i->ifa_addr->sa_family != AF_INET6) continue;
    const auto address = SocketAddress::from(*i->ifa_addr);
    const AddressKind kind = address->ip().kind();
    found = kind != AddressKind::kLoopback && kind != AddressKind::kLinkLocal;
  }
  ::freeifaddrs(list);
  return found;
}

NameFailure failure_of(int status) {
  switch (status) {
    case ARES_ENOTFOUND:
      return NameFailure::kNoSuchName;
    case ARES_SUCCESS:  // nothing but an alias
    case ARES_ENODATA:
      return NameFailure::kNoAddress;
    case ARES_ETIMEOUT:
      return NameFailure::kNoAnswer;
    case ARES_EBADNAME:
      return NameFailure::kBadName;
    default:
      return NameFailure::kServerFailed;
  }
}

bool is_definite(NameFailure failure) {
  return failure == NameFailure::kNoSuchName ||
         failure == NameFailure::kNoAddress;
}

// What is said of a name of which each family has failed (or was not asked
// for): that a server failed counts for more than that there is nothing.
NameFailure both(NameFailure a, NameFailure b) {
  if (a == NameFailure::kNone || b == NameFailure::kNone) return std::max(a, b);
  if (!is_definite(a)) return a;
  return is_definite(b) ? std::max(a, b) : b;
}

}  // namespace

std::string_view to_string(NameFailure failure) {
  switch (failure) {
    case NameFailure::kNone:
      break;
    case NameFailure::kNoSuchName:
      return "no such name";
    case NameFailure::kNoAddress:
      return "the name has no address";
    case NameFailure::kServerFailed:
      return "the name servers failed";
    case NameFailure::kNoAnswer:
      return "no name server answered";
    case NameFailure::kBadName:
      return "not a name that can be looked up";
  }
  return "";
}

void HostAnswer::add(const SocketAddress& address) {
  auto& family = address.is_v4() ? v4 : v6;
  if (family.size() < kMaxAddresses) family.push_back(address);
}

struct Resolver::Entry {
  enum class State : std::uint8_t { kNew, kQueued, kAsking, kIdle };

  const std::string* name = nullptr;  // its key
  State state = State::kNew;
  HostAnswer answer;
  std::vector<NameUser*> users;
  Question v6, v4;
  std::size_t candidate = 0;  // which name of the search list is asked for
  int pending = 0;            // questions in flight
  bool starting = false;      // c-ares may answer before it returns
  // Its part of active_, and where it is in fresh_ if that is not 0.
  std::size_t active = 0;
  std::list<Entry*>::iterator fresh{};
  time_point started{};
  bool asked_v6 = false;
  NameFailure v6_failure = NameFailure::kNone;
  NameFailure v4_failure = NameFailure::kNone;
  seconds ttl = kMaxTtl;
  time_point expires{};
  std::list<Entry*>::iterator idle{};  // where in idle_, when kIdle
};

// Where answers of the system's resolver come in.
class Resolver::SystemInbox final : public SocketUser {
 public:
  SystemInbox(Resolver& resolver, SocketSet& sockets)
      : answers(std::make_shared<SystemAnswers>()),
        resolver_(resolver),
        sockets_(sockets) {
    sockets_.opened(answers->fd(), this);
    sockets_.watch(answers->fd(), true, false);
  }
  SystemInbox(const SystemInbox&) = delete;
  SystemInbox& operator=(const SystemInbox&) = delete;
  ~SystemInbox() {
    answers->close();
    sockets_.closing(answers->fd());
  }

  void ready(int, bool, bool) override { resolver_.take_system_answers(); }

  const std::shared_ptr<SystemAnswers> answers;

 private:
  Resolver& resolver_;
  SocketSet& sockets_;
};

Resolver::Resolver(const NetSetup& setup, SocketSet& sockets)
    : setup_(setup),
      sockets_(sockets),
      tick_(std::clamp(setup.sources().patience / 4, milliseconds(5),
                       milliseconds(100))) {
  if (!setup.system_only()) renew_channel();
}

Resolver::~Resolver() {
  // Questions in flight end now, and want their entries.
  channels_.clear();
}

const HostAnswer* Resolver::find(const HostPort& target, NameUser& user,
                                 bool& asked) {
  using State = Entry::State;
  asked = false;
  fixed_ = {};
  fixed_.v4_known = fixed_.v6_known = true;
  if (const auto* given =
          setup_.overrides().addresses(target.host, target.port)) {
    for (const SocketAddress& address : *given) fixed_.add(address);
    return &fixed_;
  }
  if (const auto literal = SocketAddress::parse(target.host)) {
    fixed_.add(*literal);
    return &fixed_;
  }
  std::string name = host_key(target.host);
  if (is_within(name, "localhost")) {
    // This machine, whatever a name server says (RFC 6761 section 6.3).
    fixed_.add(SocketAddress(in6addr_loopback));
    fixed_.add(SocketAddress(in_addr{htonl(INADDR_LOOPBACK)}));
    return &fixed_;
  }
  if (const auto* addresses = setup_.hosts().addresses(name)) {
    for (const SocketAddress& address : *addresses) fixed_.add(address);
    return &fixed_;
  }
  if (!can_be_asked(name)) {
    fixed_.failure = NameFailure::kBadName;
    return &fixed_;
  }
  if (is_within(name, "onion") || is_within(name, "invalid")) {
    // Name servers are not to be asked (RFC 7686 section 2, RFC 6761 section
    // 6.4).
    fixed_.failure = NameFailure::kNoSuchName;
    return &fixed_;
  }
  if (target.host.back() == '.') name += '.';  // no other than this one

  const auto [found, is_new] = entries_.try_emplace(std::move(name));
  if (is_new) {
    found->second = std::make_unique<Entry>();
    found->second->name = &found->first;
  }
  Entry& entry = *found->second;
  if (entry.state == State::kIdle) {
    if (steady_clock::now() < entry.expires) {
      idle_.splice(idle_.begin(), idle_, entry.idle);
      return &entry.answer;
    }
    idle_.erase(entry.idle);
    entry.state = State::kNew;
  }
  entry.users.push_back(&user);
  if (entry.state == State::kNew) {
    asked = true;
    entry.state = State::kQueued;
    queue_.push_back(&entry);
    start_waiting();
  } else if (!entry.answer.empty()) {
    user.answered(entry.answer);
  }
  return nullptr;
}

void Resolver::forget(std::string_view host, NameUser& user) {
  std::string name = host_key(host);
  if (!host.empty() && host.back() == '.') name += '.';
  const auto found = entries_.find(name);
  if (found == entries_.end()) return;
  std::erase(found->second->users, &user);
}

std::optional<Resolver::time_point> Resolver::deadline() const {
  if (asking_ == 0) return std::nullopt;
  return next_tick_;
}

// Something begins: if nothing was going on, time begins to count.
void Resolver::expect(time_point now) {
  if (asking_ == 0) next_tick_ = now + tick_;
}

void Resolver::run(time_point now) {
  if (asking_ == 0 || now < next_tick_) return;
  next_tick_ = now + tick_;
  for (std::size_t i = 0; i < channels_.size(); ++i) channels_[i]->check_time();
  while (!fresh_.empty() &&
         now - fresh_.front()->started >= setup_.sources().patience) {
    make_room(*fresh_.front());
  }
  start_waiting();
  if (channels_.size() < 2) return;
  std::erase_if(channels_, [this](const auto& channel) {
    return channel != channels_.back() && channel->in_flight == 0;
  });
}

// In a loop and not by recursion: where the network is gone, every question
// fails at once.
void Resolver::start_waiting() {
  if (std::exchange(starting_, true)) return;
  while (active_ < kMaxActive && asking_ < kMaxAsking && !queue_.empty()) {
    Entry& entry = *queue_.front();
    queue_.pop_front();
    if (entry.users.empty()) {
      entries_.erase(entries_.find(*entry.name));
      continue;
    }
    start(entry);
  }
  starting_ = false;
}

void Resolver::start(Entry& entry) {
  entry.state = Entry::State::kAsking;
  entry.answer = {};
  entry.candidate = 0;
  entry.ttl = kMaxTtl;
  entry.started = steady_clock::now();
  expect(entry.started);
  entry.active = has_ipv6() ? 2 : 1;
  active_ += entry.active;
  entry.fresh = fresh_.insert(fresh_.end(), &entry);
  ++asking_;
  const bool only_system_knows =
      setup_.services().local_names && entry.name->ends_with(".local");
  if (setup_.system_only() || only_system_knows) {
    ask_system(entry);
  } else {
    ask_servers(entry);
  }
}

void Resolver::ask_servers(Entry& entry) {
  const std::string name = *candidate(entry);
  entry.v6 = {this, &entry, nullptr, true};
  entry.v4 = {this, &entry, nullptr, false};
  entry.asked_v6 = has_ipv6();
  entry.answer.v6_known = !entry.asked_v6;
  entry.answer.v4_known = false;
  entry.v6_failure = entry.v4_failure = NameFailure::kNone;
  entry.starting = true;
  if (entry.asked_v6) ask(entry.v6, name);
  ask(entry.v4, name);
  entry.starting = false;
  settle(entry);
}

void Resolver::ask(Question& question, const std::string& name) {
  if (channels_.back()->asked >= kQuestionsPerChannel) renew_channel();
  AresChannel& channel = *channels_.back();
  question.channel = &channel;
  ++channel.asked;
  ++channel.in_flight;
  ++questions_;
  ++question.entry->pending;
  ares_query(channel.get(), name.c_str(), ns_c_in,
             question.v6 ? ns_t_aaaa : ns_t_a, &Resolver::on_answer, &question);
}

void Resolver::on_answer(void* question, int status, int timeouts,
                         unsigned char* data, int size) noexcept {
  if (status == ARES_EDESTRUCTION) return;
  auto& q = *static_cast<Question*>(question);
  q.resolver->note_delay(*q.channel, timeouts);
  q.resolver->take(q, status, data, size);
}

void Resolver::note_delay(const AresChannel& channel, int timeouts) {
  if (&channel != channels_.back().get()) return;
  late_ = timeouts == 0 ? 0 : late_ + 1;
  if (late_ < kLateInARow || channel.servers() < 2) return;
  ++first_server_;
  renew_channel();
}

void Resolver::take(Question& question, int status, const unsigned char* data,
                    int size) {
  Entry& entry = *question.entry;
  --question.channel->in_flight;
  --questions_;
  --entry.pending;
  constexpr int kMax = HostAnswer::kMaxAddresses;
  int count = kMax;
  int ttl = 0;
  if (status == ARES_SUCCESS && question.v6) {
    std::array<ares_addr6ttl, kMax> found;
    status = ares_parse_aaaa_reply(data, size, nullptr, found.data(), &count);
    for (int i = 0; status == ARES_SUCCESS && i < count; ++i) {
      in6_addr address;
      const auto& one = found[static_cast<std::size_t>(i)];
      std::memcpy(&address, &one.ip6addr, sizeof address);
      entry.answer.add(SocketAddress(address));
      ttl = i == 0 ? one.ttl : std::min(ttl, one.ttl);
    }
  } else if (status == ARES_SUCCESS) {
    std::array<ares_addrttl, kMax> found;
    status = ares_parse_a_reply(data, size, nullptr, found.data(), &count);
    for (int i = 0; status == ARES_SUCCESS && i < count; ++i) {
      const auto& one = found[static_cast<std::size_t>(i)];
      entry.answer.add(SocketAddress(one.ipaddr));
      ttl = i == 0 ? one.ttl : std::min(ttl, one.ttl);
    }
  } else {
    count = 0;
  }
  const bool has_addresses = status == ARES_SUCCESS && count > 0;
  if (has_addresses) entry.ttl = std::min(entry.ttl, seconds(ttl));
  const NameFailure failure =
      has_addresses ? NameFailure::kNone : failure_of(status);
  (question.v6 ? entry.v6_failure : entry.v4_failure) = failure;
  (question.v6 ? entry.answer.v6_known : entry.answer.v4_known) = true;
  if (!entry.starting) settle(entry);
}

// One of its questions is answered, or all are.
void Resolver::settle(Entry& entry) {
  HostAnswer& answer = entry.answer;
  if (!answer.empty()) {
    if (entry.pending != 0) {
      make_room(entry);
      tell(entry);
    } else {
      conclude(entry, std::clamp(entry.ttl, kMinTtl, kMaxTtl));
    }
    return;
  }
  if (entry.pending != 0) return;

  if (!entry.asked_v6 && entry.v4_failure == NameFailure::kNoAddress) {
    // Better an address that cannot be reached than none: it says more.
    entry.asked_v6 = true;
    answer.v6_known = false;
    entry.starting = true;
    ask(entry.v6, *candidate(entry));
    entry.starting = false;
    settle(entry);
    return;
  }
  answer.failure = both(entry.v4_failure, entry.v6_failure);
  if (!is_definite(answer.failure)) {
    conclude(entry, kFailureFor);
    return;
  }
  ++entry.candidate;
  if (candidate(entry)) {
    ask_servers(entry);
  } else if (system_may_know(*entry.name)) {
    ask_system(entry);
  } else {
    conclude(entry, kNoSuchNameFor);
  }
}

// The names to ask for, one after the other, as resolv.conf(5) has it.
std::optional<std::string> Resolver::candidate(const Entry& entry) const {
  const std::string& name = *entry.name;
  const std::vector<std::string>& search = channels_.back()->search();
  const bool whole = name.back() == '.' || search.empty();
  const bool first =
      std::count(name.begin(), name.end(), '.') >= channels_.back()->ndots();
  const std::size_t count = whole ? 1 : search.size() + 1;
  if (entry.candidate >= count) return std::nullopt;
  if (whole || entry.candidate == (first ? 0 : count - 1)) return name;
  return name + '.' + search[entry.candidate - (first ? 1 : 0)];
}

bool Resolver::system_may_know(std::string_view name) const {
  const NameServices& services = setup_.services();
  return services.any_name ||
         (services.local_names &&
          (name.find('.') == name.npos || name.ends_with(".local")));
}

void Resolver::ask_system(Entry& entry) {
  try {
    if (!system_) system_ = std::make_unique<SystemInbox>(*this, sockets_);
    setup_.system_names()->ask(*entry.name, &entry, system_->answers);
  } catch (const std::exception&) {  // no descriptor, or no thread, is left
    entry.answer.failure = NameFailure::kServerFailed;
    conclude(entry, kFailureFor);
  }
}

void Resolver::take_system_answers() {
  for (const SystemAnswer& system : system_->answers->take()) {
    Entry& entry = *static_cast<Entry*>(system.asked_for);
    for (const SocketAddress& address : system.addresses) {
      entry.answer.add(address);
    }
    switch (system.error) {
      case 0:
        entry.answer.failure = NameFailure::kNone;
        break;
      case EAI_NONAME:
        entry.answer.failure = NameFailure::kNoSuchName;
        break;
      case EAI_NODATA:
        entry.answer.failure = NameFailure::kNoAddress;
        break;
      default:
        entry.answer.failure = NameFailure::kServerFailed;
    }
    conclude(entry, system.error == 0                   ? kSystemAnswerFor
                    : is_definite(entry.answer.failure) ? kNoSuchNameFor
                                                        : kFailureFor);
  }
}

void Resolver::conclude(Entry& entry, seconds keep) {
  entry.answer.v4_known = entry.answer.v6_known = true;
  entry.expires = steady_clock::now() + keep;
  entry.state = Entry::State::kIdle;
  idle_.push_front(&entry);
  entry.idle = idle_.begin();
  make_room(entry);
  --asking_;
  tell(entry);
  entry.users = {};
  while (idle_.size() > kMaxKnown) {
    Entry& oldest = *idle_.back();
    idle_.pop_back();
    entries_.erase(entries_.find(*oldest.name));
  }
  start_waiting();
}

// It no longer keeps others waiting.
void Resolver::make_room(Entry& entry) {
  if (entry.active == 0) return;
  active_ -= std::exchange(entry.active, 0);
  fresh_.erase(entry.fresh);
}

void Resolver::tell(Entry& entry) {
  for (NameUser* const user : entry.users) user->answered(entry.answer);
}

bool Resolver::has_ipv6() {
  if (const auto& known = setup_.sources().has_ipv6) return *known;
  const auto now = steady_clock::now();
  if (now - ipv6_checked_ >= kLookForIpv6Every) {
    has_ipv6_ = interface_has_ipv6();
    ipv6_checked_ = now;
  }
  return has_ipv6_;
}

void Resolver::renew_channel() {
  late_ = 0;
  try {
    channels_.push_back(std::make_unique<AresChannel>(setup_.sources(),
                                                      sockets_, first_server_));
  } catch (const std::exception&) {
    if (channels_.empty()) throw;
    // The old one does as well.
  }
}

}  // namespace crawl
