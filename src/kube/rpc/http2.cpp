#include "kube/rpc/http2.h"

#include "base/result.h"

namespace septet::kube::rpc {
namespace {

constexpr std::size_t kMostAtOnce = std::size_t{64} << 10;

using Http2Option = std::unique_ptr<nghttp2_option, Http2Delete>;

// A closed stream is of no interest here, and what HTTP demands of headers is not either: this is
// no proxy, and grpc-go named a socket's path as the authority for years.
Http2Option connection_options() {
  nghttp2_option* made = nullptr;
  SEPTET_ASSERT(nghttp2_option_new(&made) == 0);  // out of memory
  nghttp2_option_set_no_http_messaging(made, 1);
  nghttp2_option_set_no_closed_streams(made, 1);
  return Http2Option(made);
}

}  // namespace

Http2Callbacks new_callbacks() {
  nghttp2_session_callbacks* made = nullptr;
  SEPTET_ASSERT(nghttp2_session_callbacks_new(&made) == 0);
  return Http2Callbacks(made);
}

Http2 new_server(const nghttp2_session_callbacks* callbacks, void* user) {
  nghttp2_session* made = nullptr;
  SEPTET_ASSERT(nghttp2_session_server_new2(&made, callbacks, user, connection_options().get()) ==
                0);
  return Http2(made);
}

Http2 new_client(const nghttp2_session_callbacks* callbacks, void* user) {
  nghttp2_session* made = nullptr;
  SEPTET_ASSERT(nghttp2_session_client_new2(&made, callbacks, user, connection_options().get()) ==
                0);
  return Http2(made);
}

std::string_view Unsent::of(nghttp2_session* session) {
  if (empty()) {
    bytes_.clear();
    at_ = 0;
    const std::uint8_t* data = nullptr;
    while (bytes_.size() < kMostAtOnce) {
      const ssize_t size = nghttp2_session_mem_send(session, &data);
      if (size <= 0) break;
      bytes_ += words_of(data, static_cast<std::size_t>(size));
    }
  }
  return std::string_view(bytes_).substr(at_);
}

nghttp2_nv header(std::string_view name, std::string_view value) {
  // nghttp2 does not write to them; its interface, of C, does not say so.
  const auto bytes = [](std::string_view words) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(words.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace septet::kube::rpc
