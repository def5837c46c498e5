// kube/device_plugin.h — the gRPC side of one resource: kubelet asks, the current offer answers.
//
// One server per resource on its own unix socket, as kubelet wants it. What is offered is a value
// that may be replaced at any time: every open ListAndWatch stream gets the new list at once.
// Threads. All functions may be called from any thread.
// Errors.  kUnavailable when the socket cannot be made or kubelet refuses; the message names both.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "publish/allocation.h"

namespace septet::kube {

struct ListedDevice {
  std::string id;
  bool healthy = true;
  std::optional<int> numa_node;
  friend bool operator==(const ListedDevice&, const ListedDevice&) = default;
};

// What answers kubelet. Called from the one thread that serves all plugins: it waits for nobody.
struct PluginAnswers {
  std::function<Result<publish::Allocation>(const std::vector<std::string>& ids)> allocate;
  std::function<Result<std::vector<std::string>>(const std::vector<std::string>& available,
                                                 const std::vector<std::string>& must,
                                                 unsigned size)>
      preferred;
};

class DevicePluginServer {
 public:
  // `socket` is the full path; a stale socket file is replaced. Only its owner may connect to it.
  // Before the first list(), streams are told nothing.
  static Result<std::unique_ptr<DevicePluginServer>> start(std::string resource, std::string socket,
                                                           PluginAnswers answers);
  virtual ~DevicePluginServer() = default;  // closes the streams, removes the socket
  // Told to every open stream if it differs from what was told last.
  virtual void list(std::vector<ListedDevice> devices) = 0;
  // Waits until every open stream was written what list() said last; false: not within `wait`.
  virtual bool told(std::chrono::milliseconds wait) = 0;
  // Tells kubelet that this resource is here.
  virtual Result<> register_with(const std::string& kubelet_socket) = 0;
  virtual unsigned streams() const = 0;  // that kubelet holds open now
};

// Where kubelet is, and when it came back.
inline constexpr const char* kPluginFolder = "/var/lib/kubelet/device-plugins";

// A file descriptor to poll: readable when something in `folder` was made or removed.
class FolderWatch {
 public:
  static Result<std::unique_ptr<FolderWatch>> open(const std::string& folder);
  virtual ~FolderWatch() = default;
  virtual int descriptor() const = 0;
  struct Change {
    std::vector<std::string> made, removed;  // names in the folder, each once; one that went and
                                             // came back since is in both
    bool gone = false;                       // the folder itself went: open another watch
    bool missed = false;  // too much happened: `made` is what is there now, look yourself for the
                          // rest
  };
  // What happened since the last call; does not wait.
  virtual Change changed() = 0;
};

}  // namespace septet::kube
