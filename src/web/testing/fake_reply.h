// web/testing/fake_reply.h — for tests: the other end of an answer, without a socket.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "http/server.h"

namespace septet::web::testing {

// A client that takes what is pushed, or does not.
class FakeStream final : public http::Stream {
 public:
  bool push(std::string_view bytes) override {
    if (gone) return false;
    pushed.emplace_back(bytes);
    return true;
  }
  std::size_t waiting() const override { return behind; }
  void end() override { gone = true; }

  // Names of the events that came: "state activity".
  std::string events() const {
    std::string names;
    for (const std::string& one : pushed) {
      const std::string line = one.substr(0, one.find('\n'));
      names += (names.empty() ? "" : " ") + line.substr(line.find(": ") + 2);
    }
    return names;
  }

  std::vector<std::string> pushed;
  std::size_t behind = 0;
  bool gone = false;
};

class FakeReply final : public http::Reply {
 public:
  void send(http::Response response) override {
    const std::scoped_lock lock(mutex_);
    response_ = std::move(response);
    came_.notify_all();
  }
  std::shared_ptr<http::Stream> stream(http::Response head, std::string first) override {
    const std::scoped_lock lock(mutex_);
    response_ = std::move(head);
    stream_ = std::make_shared<FakeStream>();
    stream_->pushed.push_back(std::move(first));
    came_.notify_all();
    return stream_;
  }
  // Within ten seconds; status 0: nothing came.
  http::Response wait() {
    std::unique_lock lock(mutex_);
    came_.wait_for(lock, std::chrono::seconds(10), [this] { return response_.has_value(); });
    http::Response none;
    none.status = 0;
    return response_.value_or(none);
  }
  std::shared_ptr<FakeStream> stream() { return stream_; }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::optional<http::Response> response_;
  std::shared_ptr<FakeStream> stream_;
};

}  // namespace septet::web::testing
