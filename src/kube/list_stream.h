// kube/list_stream.h — who was told which list of devices: the open ListAndWatch streams of a
// plugin.
//
// Each stream is written the latest list at once and again whenever it differs from what that
// stream was told last; lists that are replaced while one is being written are never sent.
// Threads. All functions may be called from any thread; gRPC's reactions come from its threads.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "kube/device_plugin.h"
#include "kube/protocol/device_plugin.grpc.pb.h"

namespace septet::kube {

class ListStream;

class DeviceList : public std::enable_shared_from_this<DeviceList> {
 public:
  void replace(std::vector<ListedDevice> devices);
  bool told(std::chrono::milliseconds wait);
  unsigned streams() const;
  // Ends every stream, and each that is opened later.
  void close();
  // For a ListAndWatch call; it deletes itself when the call is over.
  grpc::ServerWriteReactor<v1beta1::ListAndWatchResponse>* open_stream();

 private:
  friend class ListStream;
  using Devices = std::shared_ptr<const std::vector<ListedDevice>>;
  bool all_told() const;

  mutable std::mutex guard_;
  std::condition_variable changed_;
  Devices latest_;  // nullptr before the first list(): what there is is unknown, nothing is told
  std::set<ListStream*> streams_;
  bool closed_ = false;
};

}  // namespace septet::kube
