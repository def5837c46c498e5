#include "kube/rpc/session.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "kube/rpc/http2.h"

namespace septet::kube::rpc {
namespace {

constexpr std::size_t kMostHeaders = std::size_t{16} << 10;  // bytes of one call's
constexpr std::size_t kMostHeld = std::size_t{32} << 20;
constexpr std::uint32_t kMostCalls = 64;

struct ServedCall {
  explicit ServedCall(std::size_t& held) : held_(held) {}
  ServedCall(const ServedCall&) = delete;
  ServedCall& operator=(const ServedCall&) = delete;
  ~ServedCall() { held_ -= body.size(); }

  void take(std::string_view bytes) {
    body += bytes;
    held_ += bytes.size();
  }
  void forget_body() {
    held_ -= body.size();
    body.clear();
    body.shrink_to_fit();
  }
  bool out_is_sent() const { return out == nullptr || out_at == out->size(); }

  std::string http_method, path, content_type;
  std::size_t header_bytes = 0;
  std::string body;
  bool answered = false;  // more of the request is of no interest
  bool watching = false;
  Latest out;  // what is being written; of a watching call the last that was
  std::size_t out_at = 0;

 private:
  std::size_t& held_;
};

class Http2Session final : public Session {
 public:
  Http2Session(const Service& service, std::size_t& held) : service_(service), held_(held) {}

  void start();
  bool receive(std::string_view bytes) override;
  std::string_view unsent() override { return unsent_.of(http2_.get()); }
  void sent(std::size_t bytes) override { unsent_.sent(bytes); }
  void tell(Latest latest) override;
  void finish() override;
  unsigned watching() const override;
  bool told(const Latest& latest) const override;

 private:
  using Stream = std::int32_t;
  static Http2Session& self(void* user) { return *static_cast<Http2Session*>(user); }
  static int on_begin(nghttp2_session*, const nghttp2_frame* frame, void* user);
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t flags, void* user);
  static int on_data(nghttp2_session*, std::uint8_t flags, Stream stream, const std::uint8_t* data,
                     std::size_t size, void* user);
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user);
  static int on_close(nghttp2_session*, Stream stream, std::uint32_t error, void* user);
  static ssize_t on_read(nghttp2_session*, Stream stream, std::uint8_t* buffer, std::size_t size,
                         std::uint32_t* flags, nghttp2_data_source*, void* user);
  static const nghttp2_session_callbacks* callbacks();

  ServedCall* call(Stream stream) {
    const auto found = calls_.find(stream);
    return found == calls_.end() ? nullptr : &found->second;
  }
  void dispatch(Stream stream, ServedCall& call);
  void answer(Stream stream, ServedCall& call, const Answer& answer);
  void refuse(Stream stream, ServedCall& call, const Status& status);
  void watch(Stream stream, ServedCall& call);
  bool submit_body(Stream stream);
  ssize_t read(Stream stream, std::uint8_t* buffer, std::size_t size, std::uint32_t& flags);

  const Service& service_;
  std::size_t& held_;
  Http2 http2_;
  std::map<Stream, ServedCall> calls_;
  Unsent unsent_;
  Latest latest_;
  bool finishing_ = false;
};

const nghttp2_session_callbacks* Http2Session::callbacks() {
  static const Http2Callbacks all = [] {
    auto made = new_callbacks();
    nghttp2_session_callbacks_set_on_begin_headers_callback(made.get(), &on_begin);
    nghttp2_session_callbacks_set_on_header_callback(made.get(), &on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made.get(), &on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(made.get(), &on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(made.get(), &on_close);
    return made;
  }();
  return all.get();
}

void Http2Session::start() {
  http2_ = new_server(callbacks(), this);
  const std::array settings{
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, kMostCalls},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kMostHeaders}};
  nghttp2_submit_settings(http2_.get(), NGHTTP2_FLAG_NONE, settings.data(), settings.size());
}

// ---- in

int Http2Session::on_begin(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
  const bool request =
      frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
  if (!request) return 0;
  Http2Session& me = self(user);
  if (me.calls_.size() >= kMostCalls) {  // a client that did not wait to be told
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
                              NGHTTP2_REFUSED_STREAM);
    return 0;
  }
  me.calls_.try_emplace(frame->hd.stream_id, me.held_);
  return 0;
}

int Http2Session::on_header(nghttp2_session* /*session*/, const nghttp2_frame* frame,
                            const std::uint8_t* name, std::size_t name_size,
                            const std::uint8_t* value, std::size_t value_size,
                            std::uint8_t /*flags*/, void* user) {
  ServedCall* const call = self(user).call(frame->hd.stream_id);
  if (call == nullptr) return 0;
  call->header_bytes += name_size + value_size;
  if (call->header_bytes > kMostHeaders) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  const std::string_view key = words_of(name, name_size);
  const std::string_view words = words_of(value, value_size);
  if (key == ":method") call->http_method = words;
  if (key == ":path") call->path = words;
  if (key == "content-type") call->content_type = words;
  return 0;
}

int Http2Session::on_data(nghttp2_session* /*session*/, std::uint8_t /*flags*/, Stream stream,
                          const std::uint8_t* data, std::size_t size, void* user) {
  Http2Session& me = self(user);
  ServedCall* const call = me.call(stream);
  if (call == nullptr || call->answered) return 0;
  const bool large = call->body.size() + size > me.service_.most_request + kFrameHead;
  if (large || me.held_ + size > kMostHeld) {
    me.refuse(
        stream, *call,
        {StatusCode::kResourceExhausted,
         large ? "a message of more than " + std::to_string(me.service_.most_request) + " bytes"
               : std::string("too much is being asked at once")});
  } else {
    call->take(words_of(data, size));
  }
  return 0;
}

int Http2Session::on_frame(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user) {
  const bool of_request = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
  if (!of_request || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
  Http2Session& me = self(user);
  ServedCall* const call = me.call(frame->hd.stream_id);
  if (call != nullptr && !call->answered) me.dispatch(frame->hd.stream_id, *call);
  return 0;
}

int Http2Session::on_close(nghttp2_session* /*session*/, Stream stream, std::uint32_t /*error*/,
                           void* user) {
  self(user).calls_.erase(stream);
  return 0;
}

bool Http2Session::receive(std::string_view bytes) {
  const auto* const data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const ssize_t taken = nghttp2_session_mem_recv(http2_.get(), data, bytes.size());
  return taken >= 0 && nghttp2_session_want_read(http2_.get()) != 0;
}

// ---- calls

void Http2Session::dispatch(Stream stream, ServedCall& call) {
  if (call.http_method != "POST" || !call.content_type.starts_with("application/grpc")) {
    const std::array headers{header(":status", "415")};
    call.answered = true;
    nghttp2_submit_response(http2_.get(), stream, headers.data(), headers.size(), nullptr);
    return;
  }
  const auto method = service_.methods.find(call.path);
  const bool watches = call.path == service_.watch;
  if (method == service_.methods.end() && !watches) {
    refuse(stream, call, {StatusCode::kUnimplemented, "there is no method " + call.path});
    return;
  }
  const Unframed request = unframed(call.body);
  if (!request.status.ok()) {
    refuse(stream, call, request.status);
  } else if (watches) {
    watch(stream, call);
  } else {
    answer(stream, call, method->second(request.message));
  }
}

void Http2Session::refuse(Stream stream, ServedCall& call, const Status& status) {
  call.answered = true;
  call.forget_body();
  const std::string code = std::to_string(static_cast<int>(status.code));
  const std::string words = escaped(status.words);
  const std::array headers{header(":status", "200"), header("content-type", "application/grpc"),
                           header("grpc-status", code), header("grpc-message", words)};
  nghttp2_submit_response(http2_.get(), stream, headers.data(), headers.size(), nullptr);
}

bool Http2Session::submit_body(Stream stream) {
  const std::array headers{header(":status", "200"), header("content-type", "application/grpc")};
  nghttp2_data_provider body{};
  body.read_callback = &on_read;
  return nghttp2_submit_response(http2_.get(), stream, headers.data(), headers.size(), &body) == 0;
}

void Http2Session::answer(Stream stream, ServedCall& call, const Answer& answer) {
  if (!answer.status.ok()) {
    refuse(stream, call, answer.status);
    return;
  }
  call.answered = true;
  call.forget_body();
  call.out = std::make_shared<const std::string>(framed(answer.message));
  submit_body(stream);
}

void Http2Session::watch(Stream stream, ServedCall& call) {
  if (finishing_) {
    refuse(stream, call, {StatusCode::kUnavailable, "the plugin is stopping"});
    return;
  }
  call.answered = true;
  call.forget_body();
  call.watching = submit_body(stream);
}

// ---- out

int headers_of_end(nghttp2_session* session, std::int32_t stream) {
  const std::array trailer{header("grpc-status", "0")};
  return nghttp2_submit_trailer(session, stream, trailer.data(), trailer.size());
}

ssize_t Http2Session::on_read(nghttp2_session* /*session*/, Stream stream, std::uint8_t* buffer,
                              std::size_t size, std::uint32_t* flags,
                              nghttp2_data_source* /*source*/, void* user) {
  return self(user).read(stream, buffer, size, *flags);
}

ssize_t Http2Session::read(Stream stream, std::uint8_t* buffer, std::size_t size,
                           std::uint32_t& flags) {
  ServedCall* const one = call(stream);
  if (one == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  if (one->watching && one->out_is_sent() && !same_message(one->out, latest_)) {
    one->out = latest_;
    one->out_at = 0;
  }
  std::size_t part = 0;
  if (!one->out_is_sent()) {
    part = std::min(size, one->out->size() - one->out_at);
    std::memcpy(buffer, one->out->data() + one->out_at, part);
    one->out_at += part;
  } else if (one->watching && !finishing_) {
    return NGHTTP2_ERR_DEFERRED;
  }
  if (one->out_is_sent() && (!one->watching || finishing_)) {
    flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
    headers_of_end(http2_.get(), stream);
  }
  return static_cast<ssize_t>(part);
}

void Http2Session::tell(Latest latest) {
  latest_ = std::move(latest);
  for (const auto& [stream, call] : calls_) {
    if (call.watching) nghttp2_session_resume_data(http2_.get(), stream);
  }
}

void Http2Session::finish() {
  finishing_ = true;
  tell(latest_);
  nghttp2_submit_goaway(http2_.get(), NGHTTP2_FLAG_NONE,
                        nghttp2_session_get_last_proc_stream_id(http2_.get()), NGHTTP2_NO_ERROR,
                        nullptr, 0);
}

unsigned Http2Session::watching() const {
  const auto watches = [](const auto& item) { return item.second.watching; };
  return static_cast<unsigned>(std::ranges::count_if(calls_, watches));
}

bool Http2Session::told(const Latest& latest) const {
  if (latest == nullptr) return true;
  bool written = true, any = false;
  for (const auto& [stream, call] : calls_) {
    if (!call.watching) continue;
    any = true;
    written = written && call.out_is_sent() && same_message(call.out, latest);
  }
  return written && (!any || unsent_.empty());
}

}  // namespace

bool same_message(const Latest& a, const Latest& b) {
  return a == b || (a != nullptr && b != nullptr && *a == *b);
}

std::unique_ptr<Session> Session::open(const Service& service, std::size_t& held) {
  auto session = std::make_unique<Http2Session>(service, held);
  session->start();
  return session;
}

}  // namespace septet::kube::rpc
