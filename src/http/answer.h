// http/answer.h — the answer to one request: given once, from any thread, taken by the server's.
//
// While nobody has answered, and while a stream has nothing to send, the connection is suspended:
// libmicrohttpd leaves it alone and cannot close it. So under the mutex `suspended_` says that the
// connection is there to be resumed, and completed() that it is not to be touched again.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <optional>

#include "http/microhttpd_library.h"
#include "http/server.h"

namespace septet::http {

class Answer final : public Stream, public std::enable_shared_from_this<Answer> {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Place {
    const MicrohttpdLibrary* library;
    MHD_Connection* connection;
    int descriptor;
    int wake;             // an eventfd: the server's thread looks at what was resumed
    bool head_only;       // of HEAD: a stream is its head
    std::size_t backlog;  // Limits::stream_backlog
    std::shared_ptr<std::atomic<std::size_t>> streams;  // that are open
  };
  explicit Answer(Place place) : place_(std::move(place)) {}

  // ---- from any thread
  void send(Response response);  // what is given later than another is left
  std::shared_ptr<Stream> stream(Response head, std::string first);
  bool push(std::string_view bytes) override;
  std::size_t waiting() const override;
  void end() override;

  // ---- the server's thread
  bool suspend_unless_given();  // true: suspended
  MHD_Result queue();           // hands what was given to libmicrohttpd
  void completed();             // the connection is another request's, or nobody's
  // Nobody is to wait for this any more: at_the_end(), or the end of the stream.
  void stop();
  static Response at_the_end();
  // The client is not worth waiting for: the connection is shut, the stream takes no more.
  void let_go();
  bool is_stream() const;
  std::size_t size() const;  // of the body, in bytes
  // Since when a stream's client has not taken all that there was; none: it is not behind.
  std::optional<Time> behind_since() const;

 private:
  enum class State { kAwaited, kGiven, kStreaming, kOver };

  void give(Response response);  // locked
  void resume();                 // locked
  void shut();                   // locked
  ssize_t take(char* to, std::size_t most);
  MHD_Response* made();
  static ssize_t take_of(void* answer, std::uint64_t, char* to, std::size_t most);

  const Place place_;
  mutable std::mutex mutex_;
  State state_ = State::kAwaited;
  bool suspended_ = false, ended_ = false, failed_ = false;
  Response response_;
  std::deque<std::string> pieces_;
  std::size_t taken_of_first_ = 0, waiting_ = 0;
  std::optional<Time> behind_since_;
};

}  // namespace septet::http
