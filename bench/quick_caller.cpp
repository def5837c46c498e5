#include "quick_caller.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include "kube/rpc/message.h"

namespace septet::bench {
namespace {

using kube::rpc::header;

}  // namespace

QuickCaller::QuickCaller(const std::string& socket)
    : descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket.copy(address.sun_path, sizeof(address.sun_path) - 1);
  if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) return;
  fcntl(descriptor_, F_SETFL, O_NONBLOCK);
  static const auto callbacks = [] {
    auto made = kube::rpc::new_callbacks();
    nghttp2_session_callbacks_set_on_header_callback(
        made.get(),
        [](nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name, std::size_t name_size,
           const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
          const bool status = kube::rpc::words_of(name, name_size) == "grpc-status";
          auto& me = *static_cast<QuickCaller*>(user);
          if (status) me.ok_ = kube::rpc::words_of(value, value_size) == "0";
          return 0;
        });
    nghttp2_session_callbacks_set_on_stream_close_callback(
        made.get(), [](nghttp2_session*, std::int32_t, std::uint32_t, void* user) {
          static_cast<QuickCaller*>(user)->ended_ = true;
          return 0;
        });
    return made;
  }();
  http2_ = kube::rpc::new_client(callbacks.get(), this);
  nghttp2_submit_settings(http2_.get(), NGHTTP2_FLAG_NONE, nullptr, 0);
}

QuickCaller::~QuickCaller() { ::close(descriptor_); }

bool QuickCaller::exchange() {
  for (std::string_view bytes; !(bytes = unsent_.of(http2_.get())).empty();) {
    const ssize_t size = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size < 0 && errno != EAGAIN) return false;
    if (size > 0) unsent_.sent(static_cast<std::size_t>(size));
  }
  std::array<std::uint8_t, 16 << 10> bytes;
  const ssize_t size = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
  if (size < 0) return errno == EAGAIN;
  return size > 0 &&
         nghttp2_session_mem_recv(http2_.get(), bytes.data(), static_cast<std::size_t>(size)) >= 0;
}

bool QuickCaller::call(const std::string& path, std::string_view message) {
  if (http2_ == nullptr) return false;
  out_ = kube::rpc::framed(message);
  out_at_ = 0;
  ended_ = ok_ = false;
  const std::array headers{header(":method", "POST"), header(":scheme", "http"),
                           header(":path", path),     header(":authority", "localhost"),
                           header("te", "trailers"),  header("content-type", "application/grpc")};
  nghttp2_data_provider body{};
  body.read_callback = [](nghttp2_session*, std::int32_t, std::uint8_t* buffer, std::size_t size,
                          std::uint32_t* flags, nghttp2_data_source*, void* user) {
    auto& me = *static_cast<QuickCaller*>(user);
    const std::size_t part = std::min(size, me.out_.size() - me.out_at_);
    std::copy_n(me.out_.data() + me.out_at_, part, buffer);
    me.out_at_ += part;
    if (me.out_at_ == me.out_.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(part);
  };
  nghttp2_submit_request(http2_.get(), nullptr, headers.data(), headers.size(), &body, nullptr);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!ended_) {
    if (!exchange() || std::chrono::steady_clock::now() > until) return false;
  }
  return ok_;
}

}  // namespace septet::bench
