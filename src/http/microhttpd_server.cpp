#include "http/microhttpd_server.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

namespace septet::http {
namespace {

using namespace std::chrono_literals;

// Beyond Limits::connections: these are told that they are too many.
constexpr unsigned kToldTooMany = 32;
constexpr auto kStopTime = 1s;  // for the ends of streams to be taken
// What libmicrohttpd keeps beside the bytes of a request: records of headers, the answer's head.
constexpr std::size_t kRequestRecords = 24 * 1024;
constexpr const char* kPriorities = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

// Short waits are kept to a tenth, long ones to a second.
std::chrono::milliseconds sweep_interval(const Limits& limits) {
  return limits.idle_s < 10 ? 100ms : 1000ms;
}

template <typename Callback>
MHD_OptionItem callback_option(MHD_OPTION option, Callback callback, void* context) {
  return {option, reinterpret_cast<std::intptr_t>(callback), context};
}

}  // namespace

MicrohttpdServer::MicrohttpdServer(const MicrohttpdLibrary& library, Options options,
                                   Handler handler, Listener listener, int wake)
    : library_(library),
      options_(std::move(options)),
      handler_(std::move(handler)),
      listener_(std::move(listener)),
      wake_(wake),
      streams_(std::make_shared<std::atomic<std::size_t>>(0)),
      rates_(options_.limits.requests_per_s),
      swept_(std::chrono::steady_clock::now()) {}

MicrohttpdServer::~MicrohttpdServer() {
  if (thread_.joinable()) {
    stopping_ = true;
    ::eventfd_write(wake_, 1);
    thread_.join();
  } else if (daemon_ != nullptr) {
    ::close(library_.quiesce_daemon(daemon_));
    library_.stop_daemon(daemon_);
  }
  ::close(wake_);
}

Result<std::unique_ptr<Server>> MicrohttpdServer::open(Options options, Handler handler) {
  if (options.certificate_pem.empty() != options.key_pem.empty()) {
    return fail(Code::kInvalidArgument,
                "TLS needs a certificate and its key, and only one is given");
  }
  const auto* const library = TRY(microhttpd_library());
  auto listener = TRY(Listener::open(options.address, options.socket_mode));
  const int wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake < 0) {
    return fail(Code::kUnavailable, std::string("eventfd: ") + strerrordesc_np(errno));
  }
  std::unique_ptr<MicrohttpdServer> server(new MicrohttpdServer(
      *library, std::move(options), std::move(handler), std::move(listener), wake));
  TRY(server->start_daemon());
  TRY(server->start_thread());
  return server;
}

Result<> MicrohttpdServer::start_daemon() {
  const Limits& limits = options_.limits;
  const auto number = [](auto value) { return static_cast<std::intptr_t>(value); };
  // A copy: libmicrohttpd closes what it was given when it does not start.
  const int listening = ::fcntl(listener_.descriptor(), F_DUPFD_CLOEXEC, 0);
  if (listening < 0) return fail(Code::kUnavailable, std::string("dup: ") + strerrordesc_np(errno));
  std::vector<MHD_OptionItem> options = {
      callback_option(MHD_OPTION_EXTERNAL_LOGGER, &on_message, this),
      callback_option(MHD_OPTION_NOTIFY_COMPLETED, &on_completed, this),
      callback_option(MHD_OPTION_NOTIFY_CONNECTION, &on_connection, this),
      callback_option(MHD_OPTION_URI_LOG_CALLBACK, &on_target, this),
      callback_option(MHD_OPTION_UNESCAPE_CALLBACK, &keep_escapes, this),
      {MHD_OPTION_LISTEN_SOCKET, listening, nullptr},
      {MHD_OPTION_CONNECTION_LIMIT, number(limits.connections + kToldTooMany), nullptr},
      {MHD_OPTION_CONNECTION_TIMEOUT, number(limits.idle_s), nullptr},
      {MHD_OPTION_CONNECTION_MEMORY_LIMIT, number(limits.target + limits.headers + kRequestRecords),
       nullptr},
      {MHD_OPTION_STRICT_FOR_CLIENT, 0, nullptr},  // 1 ends without an answer
  };
  unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
  if (!options_.key_pem.empty()) {
    flags |= MHD_USE_TLS;
    options.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, options_.key_pem.data()});
    options.push_back({MHD_OPTION_HTTPS_MEM_CERT, 0, options_.certificate_pem.data()});
    options.push_back({MHD_OPTION_HTTPS_PRIORITIES, 0, const_cast<char*>(kPriorities)});
  }
  options.push_back({MHD_OPTION_END, 0, nullptr});
  daemon_ = library_.start_daemon(flags, 0, nullptr, nullptr, &on_request, this, MHD_OPTION_ARRAY,
                                  options.data(), MHD_OPTION_END);
  if (daemon_ != nullptr) return {};
  const bool tls = !options_.key_pem.empty();
  return fail(tls ? Code::kInvalidArgument : Code::kUnavailable,
              "libmicrohttpd does not start" + (message_.empty() ? "" : ": " + message_),
              tls ? "a certificate and its key in PEM that belong together" : "");
}

// Signals are the program's other threads'.
Result<> MicrohttpdServer::start_thread() {
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  int reason = 0;
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error& error) {
    reason = error.code().value();
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (reason == 0) return {};
  return fail(Code::kUnavailable, std::string("start a thread: ") + strerrordesc_np(reason));
}

// ---- the thread

void MicrohttpdServer::run() {
  const auto* const info = library_.get_daemon_info(daemon_, MHD_DAEMON_INFO_EPOLL_FD);
  const int epoll = info == nullptr ? -1 : info->listen_fd;
  while (!stopping_) {
    wait_for_work(epoll);
    library_.run_wait(daemon_, 0);
    sweep(std::chrono::steady_clock::now());
  }
  finish();
}

// Until there is something to do for libmicrohttpd, for the sweep, or to stop.
void MicrohttpdServer::wait_for_work(int epoll) {
  MHD_UNSIGNED_LONG_LONG time = 0;
  const bool limited = library_.get_timeout(daemon_, &time) == MHD_YES;
  int timeout =
      connections_.empty() ? -1 : static_cast<int>(sweep_interval(options_.limits).count());
  if (limited && (timeout < 0 || time < static_cast<unsigned>(timeout))) {
    timeout = static_cast<int>(std::min<MHD_UNSIGNED_LONG_LONG>(time, 60'000));
  }
  // Whoever waits to be accepted behind it is looked for in the next run, not in this one.
  if (std::exchange(closed_, false)) timeout = 0;
  pollfd on[] = {{epoll, POLLIN, 0}, {wake_, POLLIN, 0}};
  ::poll(on, 2, timeout);
  eventfd_t drained = 0;
  ::eventfd_read(wake_, &drained);
}

// Streams end and what is not answered gets 503; what their clients do not take in time is cut off.
void MicrohttpdServer::finish() {
  ::close(library_.quiesce_daemon(daemon_));
  const Time until = std::chrono::steady_clock::now() + kStopTime;
  const auto* const info = library_.get_daemon_info(daemon_, MHD_DAEMON_INFO_EPOLL_FD);
  const int epoll = info == nullptr ? -1 : info->listen_fd;
  for (Connection& connection : connections_) {
    if (connection.answer != nullptr) connection.answer->stop();
  }
  const auto is_busy = [](const Connection& c) { return c.answer != nullptr; };
  while (std::ranges::any_of(connections_, is_busy) && std::chrono::steady_clock::now() < until) {
    wait_for_work(epoll);
    library_.run_wait(daemon_, 0);
  }
  library_.stop_daemon(daemon_);
}

bool MicrohttpdServer::is_overdue(const Connection& connection, Time now) const {
  if (connection.phase == Phase::kAwaiting) return false;
  if (connection.answer == nullptr || !connection.answer->is_stream()) {
    return now >= connection.until;
  }
  const auto behind = connection.answer->behind_since();
  return behind && now - *behind >= std::chrono::seconds(options_.limits.idle_s);
}

// What libmicrohttpd does not see: that the client of a suspended stream has gone, and the end of
// what a client sends when it came with the last of it (which may still be looked at: seen twice).
bool MicrohttpdServer::has_left(Connection& connection) {
  if (connection.phase == Phase::kReceiving) {
    char byte = 0;
    const bool ended = ::recv(connection.descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
    return std::exchange(connection.seen_end, ended) && ended;
  }
  if (connection.answer == nullptr || !connection.answer->is_stream()) return false;
  pollfd on = {connection.descriptor, POLLRDHUP, 0};
  return ::poll(&on, 1, 0) == 1 && on.revents != 0;
}

void MicrohttpdServer::sweep(Time now) {
  if (now - swept_ < sweep_interval(options_.limits)) return;
  swept_ = now;
  for (Connection& connection : connections_) {
    if (!has_left(connection) && !is_overdue(connection, now)) continue;
    if (connection.answer != nullptr) {
      connection.answer->let_go();
    } else {
      ::shutdown(connection.descriptor, SHUT_RDWR);
    }
  }
}

Result<std::unique_ptr<Server>> Server::start(Options options, Handler handler) {
  return MicrohttpdServer::open(std::move(options), std::move(handler));
}

}  // namespace septet::http
