// kube/rpc/serving_loop.h — one thread that waits for every socket of every server of the process.
//
// Threads. soon(), now() and shared() may be called from any thread but the loop's own; watch(),
//          change() and forget() only in the loop's thread, that is inside what it runs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace septet::kube::rpc {

class ServingLoop {
 public:
  // The process's, as long as anybody holds it: the last to let go waits for its thread.
  static std::shared_ptr<ServingLoop> shared();
  virtual ~ServingLoop() = default;
  virtual void soon(std::function<void()> work) = 0;
  virtual void now(std::function<void()> work) = 0;  // and waits until it is done
  // `ready` is told epoll's events. Of a descriptor that is forgotten, or reused, an event may
  // still come in: what a call on it says is the truth.
  virtual void watch(int descriptor, std::uint32_t events,
                     std::function<void(std::uint32_t)> ready) = 0;
  virtual void change(int descriptor, std::uint32_t events) = 0;
  virtual void forget(int descriptor) = 0;
};

}  // namespace septet::kube::rpc
