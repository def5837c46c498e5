#include "kube/rpc/call.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "kube/rpc/http2.h"
#include "kube/unix_socket.h"

namespace septet::kube::rpc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostWordsHeard = std::size_t{16} << 10;

Status unavailable(std::string words) { return {StatusCode::kUnavailable, std::move(words)}; }

// The asking side of a connection that carries one call.
class AskedCall {
 public:
  AskedCall(const CallTarget& target, std::string_view message)
      : most_(target.most_answer + kFrameHead), out_(framed(message)) {
    http2_ = new_client(callbacks(), this);
    nghttp2_submit_settings(http2_.get(), NGHTTP2_FLAG_NONE, nullptr, 0);
    const std::string wait = std::to_string(target.wait.count()) + "m";
    const std::array headers{
        header(":method", "POST"),      header(":scheme", "http"),
        header(":path", target.path),   header(":authority", "localhost"),
        header("te", "trailers"),       header("content-type", "application/grpc"),
        header("user-agent", "septet"), header("grpc-timeout", wait)};
    nghttp2_data_provider body{};
    body.read_callback = &on_read;
    nghttp2_submit_request(http2_.get(), nullptr, headers.data(), headers.size(), &body, nullptr);
  }

  std::string_view unsent() { return unsent_.of(http2_.get()); }
  void sent(std::size_t bytes) { unsent_.sent(bytes); }
  void receive(std::string_view bytes) {
    const auto* const data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    const ssize_t taken = nghttp2_session_mem_recv(http2_.get(), data, bytes.size());
    if (taken < 0 && !end_) end_ = unavailable("what answers there speaks no HTTP/2");
  }
  // Once the call is over.
  const std::optional<Status>& end() const { return end_; }
  const std::string& body() const { return body_; }

 private:
  static AskedCall& self(void* user) { return *static_cast<AskedCall*>(user); }
  static const nghttp2_session_callbacks* callbacks();
  static ssize_t on_read(nghttp2_session*, std::int32_t stream, std::uint8_t* buffer,
                         std::size_t size, std::uint32_t* flags, nghttp2_data_source*, void* user);
  void heard(std::string_view key, std::string_view words);
  void took(std::string_view bytes);
  void closed(std::uint32_t error);

  std::size_t most_;
  std::string out_;
  std::size_t out_at_ = 0;
  Http2 http2_;
  Unsent unsent_;
  std::string http_status_, body_;
  std::optional<Status> told_;  // by grpc-status
  std::string words_;
  std::optional<Status> end_;
};

const nghttp2_session_callbacks* AskedCall::callbacks() {
  static const Http2Callbacks all = [] {
    auto made = new_callbacks();
    nghttp2_session_callbacks_set_on_header_callback(
        made.get(),
        [](nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name, std::size_t name_size,
           const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
          self(user).heard(words_of(name, name_size), words_of(value, value_size));
          return 0;
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        made.get(), [](nghttp2_session*, std::uint8_t, std::int32_t, const std::uint8_t* data,
                       std::size_t size, void* user) {
          self(user).took(words_of(data, size));
          return 0;
        });
    // Not only when the stream closes: who answers early may not wait for the rest of our words.
    nghttp2_session_callbacks_set_on_frame_recv_callback(
        made.get(), [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
          const bool words = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
          if (words && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
            self(user).closed(NGHTTP2_NO_ERROR);
          }
          return 0;
        });
    nghttp2_session_callbacks_set_on_stream_close_callback(
        made.get(), [](nghttp2_session*, std::int32_t, std::uint32_t error, void* user) {
          self(user).closed(error);
          return 0;
        });
    return made;
  }();
  return all.get();
}

ssize_t AskedCall::on_read(nghttp2_session* /*session*/, std::int32_t /*stream*/,
                           std::uint8_t* buffer, std::size_t size, std::uint32_t* flags,
                           nghttp2_data_source* /*source*/, void* user) {
  AskedCall& me = self(user);
  const std::size_t part = std::min(size, me.out_.size() - me.out_at_);
  std::copy_n(me.out_.begin() + static_cast<std::ptrdiff_t>(me.out_at_), part, buffer);
  me.out_at_ += part;
  if (me.out_at_ == me.out_.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(part);
}

void AskedCall::heard(std::string_view key, std::string_view words) {
  if (key == ":status") http_status_ = words;
  if (key == "grpc-status") told_ = Status{code_of(words), {}};
  if (key == "grpc-message") words_ = unescaped(words.substr(0, kMostWordsHeard));
}

void AskedCall::took(std::string_view bytes) {
  if (end_) return;
  if (body_.size() + bytes.size() > most_) {
    end_ = Status{StatusCode::kResourceExhausted,
                  "the answer has more than " + std::to_string(most_ - kFrameHead) + " bytes"};
  } else {
    body_ += bytes;
  }
}

void AskedCall::closed(std::uint32_t error) {
  if (end_) return;
  if (told_) {
    end_ = Status{told_->code, words_};
  } else if (!http_status_.empty() && http_status_ != "200") {
    end_ = unavailable("what answers there is no gRPC: HTTP status " + http_status_);
  } else {
    end_ = unavailable(std::string("the call was cut off (") + nghttp2_http2_strerror(error) + ")");
  }
}

class Socket {
 public:
  Socket() : descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int descriptor() const { return descriptor_; }
  std::optional<Status> connect(const std::string& path) const {
    const auto address = unix_address(path);
    if (!address) return Status{StatusCode::kInvalidArgument, address.error().what};
    const auto* const to = reinterpret_cast<const sockaddr*>(&*address);
    if (descriptor_ >= 0 && ::connect(descriptor_, to, sizeof(*address)) == 0) return std::nullopt;
    return unavailable(std::string("connect: ") + strerrordesc_np(errno));
  }

 private:
  int descriptor_;
};

// What can be sent and read without waiting; a status when the connection is over.
std::optional<Status> exchange(int descriptor, AskedCall& asked, bool& full) {
  full = false;
  for (std::string_view bytes; !full && !(bytes = asked.unsent()).empty();) {
    const ssize_t size = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    full = size < 0 && errno == EAGAIN;
    if (size < 0 && !full && errno != EINTR) break;  // what it said before it left is read below
    if (size > 0) asked.sent(static_cast<std::size_t>(size));
  }
  std::array<char, 16 << 10> bytes{};
  const ssize_t size = ::recv(descriptor, bytes.data(), bytes.size(), 0);
  if (size > 0) asked.receive({bytes.data(), static_cast<std::size_t>(size)});
  if (size == 0) return unavailable("the connection was closed without an answer");
  if (size < 0 && errno != EAGAIN && errno != EINTR) {
    return unavailable(std::string("the connection broke: ") + strerrordesc_np(errno));
  }
  return std::nullopt;
}

Status converse(int descriptor, AskedCall& asked, Clock::time_point until) {
  for (;;) {
    bool full = false;
    const auto broken = exchange(descriptor, asked, full);
    if (asked.end()) return *asked.end();
    if (broken) return *broken;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) return {StatusCode::kDeadlineExceeded, "no answer in time"};
    const bool more = full || !asked.unsent().empty();
    pollfd ready{descriptor, static_cast<short>(more ? POLLIN | POLLOUT : POLLIN), 0};
    (void)::poll(&ready, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
  }
}

}  // namespace

Answer call(const CallTarget& target, std::string_view message) {
  const auto until = Clock::now() + target.wait;
  const Socket socket;
  if (auto failed = socket.connect(target.socket)) return {std::move(*failed), {}};
  AskedCall asked(target, message);
  const Status end = converse(socket.descriptor(), asked, until);
  if (!end.ok()) return {end, {}};
  const Unframed answer = unframed(asked.body());
  return {answer.status, std::string(answer.message)};
}

}  // namespace septet::kube::rpc
