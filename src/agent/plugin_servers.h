// agent/plugin_servers.h — a device plugin server for each resource that is, or was, offered.
//
// A resource that is offered no more keeps its server with an empty list, so that kubelet's count
// of it becomes 0 at once rather than staying at what it was.
// Threads. Called by one thread; kubelet's calls are answered in the thread that serves all plugins
//          (kube/rpc), with what was shown last.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "agent/shown.h"
#include "kube/device_plugin.h"
#include "publish/plugin_config.h"

namespace septet::agent {

class PluginServers {
 public:
  // `kubelet_socket` empty: served, and registered with nobody (tests).
  PluginServers(std::string folder, std::string kubelet_socket, publish::PluginConfig config);

  // Starts what is missing, registers what is not registered, tells the rest. The first failure is
  // returned after everything was tried; calling again tries again.
  Result<> show(const std::shared_ptr<const Shown>& shown);
  // kubelet was told what was shown last.
  bool told(std::chrono::milliseconds wait);
  // kubelet came back, or our sockets were swept away: everything is served and registered anew.
  void start_over();
  bool owns_socket(const std::string& name) const;
  std::size_t served() const { return servers_.size(); }

 private:
  struct Served {
    std::unique_ptr<kube::DevicePluginServer> server;
    std::string socket;
    bool registered = false;
  };
  struct Current {  // shared with the thread that answers kubelet
    std::mutex mutex;
    std::shared_ptr<const Shown> shown;
    std::shared_ptr<const Shown> get() {
      const std::scoped_lock lock(mutex);
      return shown;
    }
  };
  Result<> serve(const std::string& resource, const std::string& socket);
  kube::PluginAnswers answers(const std::string& resource) const;

  std::string folder_, kubelet_socket_;
  std::shared_ptr<const publish::PluginConfig> config_;
  std::shared_ptr<Current> current_ = std::make_shared<Current>();
  std::map<std::string, Served> servers_;         // by resource
  std::map<std::string, std::string> socket_of_;  // of every resource ever offered
};

}  // namespace septet::agent
