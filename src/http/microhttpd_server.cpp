#include "http/microhttpd_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstring>
#include <vector>

#include "http/error_response.h"

namespace septet::http {
namespace {

using namespace std::chrono_literals;

// Beyond Limits::connections: these are told that they are too many.
constexpr unsigned kToldTooMany = 32;
constexpr auto kTooManyTime = 2s;
constexpr auto kStopTime = 1s;               // for the ends of streams to be taken
constexpr std::size_t kSlowest = 16 * 1024;  // bytes per s at which an answer is to be taken
// What libmicrohttpd keeps beside the bytes of a request: records of headers, the answer's head.
constexpr std::size_t kRequestRecords = 24 * 1024;
constexpr const char* kPriorities = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

std::string text_of(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address != nullptr && address->sa_family == AF_INET) {
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text,
                sizeof(text));
  } else if (address != nullptr && address->sa_family == AF_INET6) {
    const in6_addr& six = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&six)) {
      ::inet_ntop(AF_INET, &six.s6_addr[12], text, sizeof(text));
    } else {
      ::inet_ntop(AF_INET6, &six, text, sizeof(text));
    }
  }
  return text;
}

// The reply that the handler holds: one of its copies is the last, and 500 if none was used.
class OneReply final : public Reply {
 public:
  explicit OneReply(std::shared_ptr<Answer> answer) : answer_(std::move(answer)) {}
  OneReply(const OneReply&) = delete;
  OneReply& operator=(const OneReply&) = delete;
  ~OneReply() override {
    answer_->send(error_response(500, Code::kInternal, "nothing answered this request"));
  }
  void send(Response response) override { answer_->send(std::move(response)); }
  std::shared_ptr<Stream> stream(Response head, std::string first) override {
    return answer_->stream(std::move(head), std::move(first));
  }

 private:
  std::shared_ptr<Answer> answer_;
};

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
    library_.quiesce_daemon(daemon_);
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
    return fail(Code::kUnavailable, std::string("eventfd: ") + std::strerror(errno));
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
  std::vector<MHD_OptionItem> options = {
      callback_option(MHD_OPTION_EXTERNAL_LOGGER, &on_message, this),
      callback_option(MHD_OPTION_NOTIFY_COMPLETED, &on_completed, this),
      callback_option(MHD_OPTION_NOTIFY_CONNECTION, &on_connection, this),
      callback_option(MHD_OPTION_URI_LOG_CALLBACK, &on_target, this),
      callback_option(MHD_OPTION_UNESCAPE_CALLBACK, &keep_escapes, this),
      {MHD_OPTION_LISTEN_SOCKET, listener_.descriptor(), nullptr},
      {MHD_OPTION_CONNECTION_LIMIT, number(limits.connections + kToldTooMany), nullptr},
      {MHD_OPTION_CONNECTION_TIMEOUT, number(limits.idle_s), nullptr},
      {MHD_OPTION_CONNECTION_MEMORY_LIMIT, number(limits.target + limits.headers + kRequestRecords),
       nullptr},
      {MHD_OPTION_STRICT_FOR_CLIENT, 1, nullptr},
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
  thread_ = std::thread([this] { run(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return {};
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
  const int sweep_ms = options_.limits.idle_s < 4 ? 100 : 1000;
  int timeout = connections_.empty() ? -1 : sweep_ms;
  if (limited && (timeout < 0 || time < static_cast<unsigned>(timeout))) {
    timeout = static_cast<int>(std::min<MHD_UNSIGNED_LONG_LONG>(time, 60'000));
  }
  pollfd on[] = {{epoll, POLLIN, 0}, {wake_, POLLIN, 0}};
  ::poll(on, 2, timeout);
}

// Streams end and what is not answered gets 503; what their clients do not take in time is cut off.
void MicrohttpdServer::finish() {
  library_.quiesce_daemon(daemon_);
  const Time until = std::chrono::steady_clock::now() + kStopTime;
  const auto* const info = library_.get_daemon_info(daemon_, MHD_DAEMON_INFO_EPOLL_FD);
  const int epoll = info == nullptr ? -1 : info->listen_fd;
  for (Connection& connection : connections_) {
    if (connection.answer != nullptr) connection.answer->stop();
  }
  const auto is_busy = [](const Connection& c) { return c.answer != nullptr; };
  while (std::ranges::any_of(connections_, is_busy) && std::chrono::steady_clock::now() < until) {
    pollfd on = {epoll, POLLIN, 0};
    ::poll(&on, 1, 10);
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

void MicrohttpdServer::sweep(Time now) {
  if (now - swept_ < (options_.limits.idle_s < 4 ? 100ms : 1000ms)) return;
  swept_ = now;
  for (const Connection& connection : connections_) {
    const bool streams = connection.answer != nullptr && connection.answer->is_stream();
    pollfd on = {connection.descriptor, POLLRDHUP, 0};
    // A suspended connection is watched by nobody else.
    const bool left = streams && ::poll(&on, 1, 0) == 1 && on.revents != 0;
    if (!left && !is_overdue(connection, now)) continue;
    if (connection.answer != nullptr) {
      connection.answer->let_go();
    } else {
      ::shutdown(connection.descriptor, SHUT_RDWR);
    }
  }
}

// ---- what libmicrohttpd calls, in that thread

MicrohttpdServer::Connection& MicrohttpdServer::connection_of(MHD_Connection* handle) const {
  const auto* const info = library_.get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  SEPTET_ASSERT(info != nullptr && info->socket_context != nullptr);
  return *static_cast<Connection*>(info->socket_context);
}

void MicrohttpdServer::connected(MHD_Connection* handle, void** context) {
  Connection& connection = connections_.emplace_back();
  connection.self = std::prev(connections_.end());
  connection.server = this;
  connection.handle = handle;
  const auto* const socket =
      library_.get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD);
  connection.descriptor = socket == nullptr ? -1 : socket->connect_fd;
  const auto* const client =
      library_.get_connection_info(handle, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (client != nullptr) connection.peer = text_of(client->client_addr);
  connection.one_too_many = connections_.size() > options_.limits.connections;
  connection.until = std::chrono::steady_clock::now();
  connection.until += connection.one_too_many ? std::chrono::seconds(kTooManyTime)
                                              : std::chrono::seconds(options_.limits.idle_s);
  *context = &connection;
}

void MicrohttpdServer::on_connection(void* server, MHD_Connection* handle, void** context,
                                     MHD_ConnectionNotificationCode what) {
  auto& self = *static_cast<MicrohttpdServer*>(server);
  if (what == MHD_CONNECTION_NOTIFY_STARTED) return self.connected(handle, context);
  if (*context == nullptr) return;
  self.connections_.erase(static_cast<Connection*>(*context)->self);
  *context = nullptr;
}

std::size_t MicrohttpdServer::keep_escapes(void*, MHD_Connection*, char* text) {
  return std::strlen(text);  // read_target() reads what was sent
}

void MicrohttpdServer::on_message(void* server, const char* format, va_list arguments) {
  char text[256] = "";
  std::vsnprintf(text, sizeof(text), format, arguments);
  std::string& message = static_cast<MicrohttpdServer*>(server)->message_;
  message = text;
  while (message.ends_with('\n')) message.pop_back();
}

void* MicrohttpdServer::on_target(void* server, const char* target, MHD_Connection* handle) {
  auto& self = *static_cast<MicrohttpdServer*>(server);
  Connection& connection = self.connection_of(handle);
  connection.phase = Phase::kReceiving;
  connection.has_head = false;
  connection.incoming.begin(target, self.options_.limits);
  return &connection;
}

MHD_Result MicrohttpdServer::on_request(void* server, MHD_Connection* handle, const char*,
                                        const char* method, const char*, const char* bytes,
                                        std::size_t* size, void**) {
  auto& self = *static_cast<MicrohttpdServer*>(server);
  return self.take(self.connection_of(handle), method, bytes, size);
}

MHD_Result MicrohttpdServer::take(Connection& connection, const char* method, const char* bytes,
                                  std::size_t* size) {
  const Limits& limits = options_.limits;
  if (connection.phase == Phase::kAwaiting) return queue(connection);
  if (!connection.has_head) {
    connection.has_head = true;
    check_rates(connection);
    connection.incoming.read_head(library_, connection.handle, method, limits);
    if (!connection.incoming.refused_before_body(limits)) return MHD_YES;
    return answer_with(connection, *connection.incoming.refusal());
  }
  if (*size > 0) {
    const std::string_view piece(bytes, *size);
    *size = 0;
    return connection.incoming.take_body(piece, limits) ? MHD_YES : MHD_NO;
  }
  if (connection.incoming.refusal()) return answer_with(connection, *connection.incoming.refusal());
  return dispatch(connection);
}

void MicrohttpdServer::check_rates(Connection& connection) {
  const Limits& limits = options_.limits;
  if (connection.one_too_many) {
    return connection.incoming.refuse(error_response(
        503, Code::kBusy,
        "there are " + std::to_string(limits.connections) + " connections, and no more are taken",
        "try again when others have gone"));
  }
  const auto now = std::chrono::steady_clock::now();
  if (rates_.take(rate_limited_peer(connection.peer), now)) return;
  Response response = error_response(
      429, Code::kBusy, "more than " + std::to_string(limits.requests_per_s) + " requests a second",
      "wait a second");
  response.headers["Retry-After"] = "1";
  connection.incoming.refuse(std::move(response));
}

MHD_Result MicrohttpdServer::answer_with(Connection& connection, Response refusal) {
  refusal.headers["Connection"] = "close";
  connection.answer =
      std::make_shared<Answer>(Answer::Place{&library_, connection.handle, connection.descriptor,
                                             options_.limits.stream_backlog, streams_});
  connection.answer->send(std::move(refusal));
  return queue(connection);
}

MHD_Result MicrohttpdServer::dispatch(Connection& connection) {
  connection.answer =
      std::make_shared<Answer>(Answer::Place{&library_, connection.handle, connection.descriptor,
                                             options_.limits.stream_backlog, streams_});
  connection.phase = Phase::kAwaiting;
  Request request = std::move(connection.incoming.request());
  request.peer = connection.peer;
  try {
    handler_(request, std::make_shared<OneReply>(connection.answer));
  } catch (...) {  // what a library threw must not pass through C; OneReply has answered 500
  }
  if (connection.answer->suspend_unless_given()) return MHD_YES;
  return queue(connection);
}

MHD_Result MicrohttpdServer::queue(Connection& connection) {
  connection.phase = Phase::kSending;
  const auto& limits = options_.limits;
  connection.until = std::chrono::steady_clock::now() + std::chrono::seconds(limits.idle_s) +
                     std::chrono::seconds(connection.answer->size() / kSlowest);
  return connection.answer->queue();
}

void MicrohttpdServer::completed(Connection& connection) {
  if (connection.answer != nullptr) connection.answer->completed();
  connection.answer.reset();
  connection.phase = Phase::kReceiving;
  connection.has_head = false;
  connection.incoming = {};
  connection.until =
      std::chrono::steady_clock::now() + std::chrono::seconds(options_.limits.idle_s);
}

void MicrohttpdServer::on_completed(void* server, MHD_Connection* handle, void**,
                                    MHD_RequestTerminationCode) {
  auto& self = *static_cast<MicrohttpdServer*>(server);
  self.completed(self.connection_of(handle));
}

Result<std::unique_ptr<Server>> Server::start(Options options, Handler handler) {
  return MicrohttpdServer::open(std::move(options), std::move(handler));
}

}  // namespace septet::http
