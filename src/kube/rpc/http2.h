// kube/rpc/http2.h — nghttp2's objects, owned; headers as it wants them.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace septet::kube::rpc {

struct Http2Delete {
  void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  void operator()(nghttp2_session_callbacks* callbacks) const {
    nghttp2_session_callbacks_del(callbacks);
  }
  void operator()(nghttp2_option* option) const { nghttp2_option_del(option); }
};
using Http2 = std::unique_ptr<nghttp2_session, Http2Delete>;
using Http2Callbacks = std::unique_ptr<nghttp2_session_callbacks, Http2Delete>;

Http2Callbacks new_callbacks();
Http2 new_server(const nghttp2_session_callbacks* callbacks, void* user);
Http2 new_client(const nghttp2_session_callbacks* callbacks, void* user);

inline std::string_view words_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}
// What a session wants to say, several frames at once: one system call sends them.
class Unsent {
 public:
  std::string_view of(nghttp2_session* session);
  void sent(std::size_t bytes) { at_ += bytes; }
  bool empty() const { return at_ == bytes_.size(); }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};
// Copied by nghttp2 when it is submitted.
nghttp2_nv header(std::string_view name, std::string_view value);

}  // namespace septet::kube::rpc
