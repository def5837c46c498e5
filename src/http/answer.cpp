#include "http/answer.h"

#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>

#include "http/error_response.h"

namespace septet::http {
namespace {

constexpr std::size_t kStreamBlock = 4096;  // bytes, of a buffer for clients of HTTP/1.0

std::string_view body_of(const Response& response) {
  return response.fixed_body.empty() ? std::string_view(response.body) : response.fixed_body;
}

}  // namespace

void Answer::resume() {
  if (!suspended_) return;
  suspended_ = false;
  place_.library->resume_connection(place_.connection);
  ::eventfd_write(place_.wake, 1);
}

void Answer::give(Response response) {
  if (state_ != State::kAwaited) return;
  state_ = State::kGiven;
  response_ = std::move(response);
  resume();
}

void Answer::send(Response response) {
  const std::lock_guard lock(mutex_);
  give(std::move(response));
}

std::shared_ptr<Stream> Answer::stream(Response head, std::string first) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kAwaited) return shared_from_this();  // push() says false
  if (place_.head_only) {
    give(std::move(head));
    return shared_from_this();
  }
  state_ = State::kStreaming;
  place_.streams->fetch_add(1);
  response_ = std::move(head);
  waiting_ = first.size();
  if (!first.empty()) pieces_.push_back(std::move(first));
  if (waiting_ > 0) behind_since_ = std::chrono::steady_clock::now();
  resume();
  return shared_from_this();
}

bool Answer::push(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kStreaming || ended_ || failed_) return false;
  if (bytes.empty()) return true;
  if (waiting_ + bytes.size() > place_.backlog) {
    shut();
    return false;
  }
  if (!behind_since_) behind_since_ = std::chrono::steady_clock::now();
  pieces_.emplace_back(bytes);
  waiting_ += bytes.size();
  resume();
  return true;
}

std::size_t Answer::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

void Answer::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  if (state_ == State::kStreaming) resume();
}

// The connection's end of the socket: libmicrohttpd sees it closed, and closes.
void Answer::shut() {
  failed_ = true;
  pieces_.clear();
  waiting_ = 0;
  if (state_ == State::kOver) return;
  ::shutdown(place_.descriptor, SHUT_RDWR);
  if (state_ == State::kStreaming) resume();
}

void Answer::let_go() {
  const std::lock_guard lock(mutex_);
  shut();
}

Response Answer::at_the_end() {
  return error_response(503, Code::kUnavailable, "the server is being stopped");
}

void Answer::stop() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  if (state_ == State::kStreaming) return resume();
  give(at_the_end());
}

void Answer::completed() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kStreaming) place_.streams->fetch_sub(1);
  state_ = State::kOver;
  suspended_ = false;
  pieces_.clear();
  waiting_ = 0;
  behind_since_.reset();
}

bool Answer::is_stream() const {
  const std::lock_guard lock(mutex_);
  return state_ == State::kStreaming;
}

std::size_t Answer::size() const {
  const std::lock_guard lock(mutex_);
  return body_of(response_).size();
}

std::optional<Answer::Time> Answer::behind_since() const {
  const std::lock_guard lock(mutex_);
  return behind_since_;
}

bool Answer::suspend_unless_given() {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kAwaited) return false;
  suspended_ = true;
  place_.library->suspend_connection(place_.connection);
  return true;
}

ssize_t Answer::take(char* to, std::size_t most) {
  const std::lock_guard lock(mutex_);
  if (failed_) return MHD_CONTENT_READER_END_WITH_ERROR;
  if (waiting_ == 0) {
    behind_since_.reset();
    if (ended_) return MHD_CONTENT_READER_END_OF_STREAM;
    suspended_ = true;
    place_.library->suspend_connection(place_.connection);
    return 0;
  }
  std::size_t copied = 0;
  while (copied < most && !pieces_.empty()) {
    const std::string& first = pieces_.front();
    const std::size_t count = std::min(most - copied, first.size() - taken_of_first_);
    first.copy(to + copied, count, taken_of_first_);
    copied += count;
    taken_of_first_ += count;
    if (taken_of_first_ < first.size()) break;
    pieces_.pop_front();
    taken_of_first_ = 0;
  }
  waiting_ -= copied;
  return static_cast<ssize_t>(copied);
}

ssize_t Answer::take_of(void* answer, std::uint64_t, char* to, std::size_t most) {
  return static_cast<Answer*>(answer)->take(to, most);
}

MHD_Response* Answer::made() {
  if (is_stream()) {
    return place_.library->create_response_from_callback(MHD_SIZE_UNKNOWN, kStreamBlock, &take_of,
                                                         this, nullptr);
  }
  // Not copied: this answer holds it until the request is over.
  const auto body = body_of(response_);
  return place_.library->create_response_from_buffer(body.size(), const_cast<char*>(body.data()),
                                                     MHD_RESPMEM_PERSISTENT);
}

MHD_Result Answer::queue() {
  MHD_Response* const response = made();
  if (response == nullptr) return MHD_NO;
  bool whole = true;
  const auto add = [&](const std::string& name, const std::string& value) {
    whole = place_.library->add_response_header(response, name.c_str(), value.c_str()) == MHD_YES &&
            whole;
  };
  if (!response_.content_type.empty()) add("Content-Type", response_.content_type);
  for (const auto& [name, value] : response_.headers) add(name, value);
  const auto status = static_cast<unsigned>(response_.status);
  // A header that none can have would be missed by who counts on it: no answer is better.
  const MHD_Result queued =
      whole ? place_.library->queue_response(place_.connection, status, response) : MHD_NO;
  place_.library->destroy_response(response);
  return queued;
}

}  // namespace septet::http
