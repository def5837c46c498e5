// bench/quick_caller.h — what a plugin itself takes to answer: a client that adds next to nothing.
//
// gRPC's client hands a call through threads that sleep: on two cores that is half of a call's
// time, and nearly all of its 99th percentile. This one keeps a connection, as kubelet does, and
// asks the socket again and again from one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kube/rpc/http2.h"

namespace septet::bench {

class QuickCaller {
 public:
  explicit QuickCaller(const std::string& socket);
  ~QuickCaller();
  QuickCaller(const QuickCaller&) = delete;
  QuickCaller& operator=(const QuickCaller&) = delete;
  // Whether the status was OK, within five seconds.
  bool call(const std::string& path, std::string_view message);

 private:
  bool exchange();

  int descriptor_;
  kube::rpc::Http2 http2_;
  kube::rpc::Unsent unsent_;
  std::string out_;
  std::size_t out_at_ = 0;
  bool ended_ = false, ok_ = false;
};

}  // namespace septet::bench
