// http/microhttpd_requests.cpp — what libmicrohttpd calls, in the server's thread: connections that
// come and go, and a request from its target to its answer.
#include <arpa/inet.h>
#include <sys/socket.h>

#include <cstring>
#include <utility>

#include "http/error_response.h"
#include "http/microhttpd_server.h"

namespace septet::http {
namespace {

using namespace std::chrono_literals;

constexpr auto kTooManyTime = 2s;
constexpr std::size_t kSlowest = 16 * 1024;  // bytes per s at which an answer is to be taken

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

}  // namespace

MicrohttpdServer::Connection& MicrohttpdServer::connection_of(MHD_Connection* handle) const {
  const auto* const info = library_.get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  SEPTET_ASSERT(info != nullptr && info->socket_context != nullptr);
  return *static_cast<Connection*>(info->socket_context);
}

void MicrohttpdServer::connected(MHD_Connection* handle, void** context) {
  Connection& connection = connections_.emplace_back();
  connection.self = std::prev(connections_.end());
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
  self.closed_ = true;
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
  connection.seen_end = false;
  connection.incoming.begin(target, self.options_.limits);
  return &connection;
}

MHD_Result MicrohttpdServer::on_request(void* server, MHD_Connection* handle, const char*,
                                        const char* method, const char* version, const char* bytes,
                                        std::size_t* size, void**) {
  auto& self = *static_cast<MicrohttpdServer*>(server);
  Connection& connection = self.connection_of(handle);
  if (connection.phase == Phase::kAwaiting) return self.queue(connection);
  if (!connection.has_head) return self.take_head(connection, method, version);
  if (*size == 0) return self.take_end(connection);
  const std::string_view piece(bytes, std::exchange(*size, 0));
  return connection.incoming.take_body(piece, self.options_.limits) ? MHD_YES : MHD_NO;
}

MHD_Result MicrohttpdServer::take_head(Connection& connection, const char* method,
                                       const char* version) {
  const Limits& limits = options_.limits;
  connection.has_head = true;
  check_rates(connection);
  connection.incoming.read_head(library_, connection.handle, method, limits);
  connection.incoming.check_host(version);
  if (!connection.incoming.refused_before_body(limits)) return MHD_YES;
  return answer_with(connection, *connection.incoming.refusal());
}

MHD_Result MicrohttpdServer::take_end(Connection& connection) {
  const auto& refusal = connection.incoming.refusal();
  // finish() has asked for the end of what was begun; nothing new may wait behind it.
  if (stopping_) return answer_with(connection, Answer::at_the_end());
  return refusal ? answer_with(connection, *refusal) : dispatch(connection);
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

std::shared_ptr<Answer> MicrohttpdServer::new_answer(const Connection& connection) const {
  return std::make_shared<Answer>(Answer::Place{.library = &library_,
                                                .connection = connection.handle,
                                                .descriptor = connection.descriptor,
                                                .wake = wake_,
                                                .head_only = connection.incoming.is_head(),
                                                .backlog = options_.limits.stream_backlog,
                                                .streams = streams_});
}

MHD_Result MicrohttpdServer::answer_with(Connection& connection, Response refusal) {
  refusal.headers["Connection"] = "close";
  connection.answer = new_answer(connection);
  connection.answer->send(std::move(refusal));
  return queue(connection);
}

MHD_Result MicrohttpdServer::dispatch(Connection& connection) {
  connection.answer = new_answer(connection);
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

}  // namespace septet::http
