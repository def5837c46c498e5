#include "kube/pod_resources.h"

#include "kube/protocol/pod_resources.pb.h"
#include "kube/rpc/call.h"
#include "kube/unix_socket.h"

namespace septet::kube {
namespace {

constexpr std::size_t kMostPodAnswer = std::size_t{16}
                                       << 20;  // what kubelet itself allows its clients

void add_held(const v1::PodResources& pod, std::vector<HeldDevice>& held) {
  for (const auto& container : pod.containers()) {
    for (const auto& devices : container.devices()) {
      for (const std::string& id : devices.device_ids()) {
        held.push_back(
            {devices.resource_name(), id, pod.namespace_(), pod.name(), container.name()});
      }
    }
  }
}

}  // namespace

Result<std::vector<HeldDevice>> held_devices(const std::string& socket,
                                             std::chrono::milliseconds timeout) {
  TRY(unix_address(socket));
  const auto told = rpc::call({.socket = socket,
                               .path = "/v1.PodResourcesLister/List",
                               .wait = timeout,
                               .most_answer = kMostPodAnswer},
                              v1::ListPodResourcesRequest().SerializeAsString());
  v1::ListPodResourcesResponse answer;
  rpc::Status status = told.status;
  if (status.ok() && !answer.ParseFromString(told.message)) {
    status = {rpc::StatusCode::kInternal, "the answer cannot be read"};
  }
  if (!status.ok()) {
    Error error =
        rpc::error_of(status, "ask kubelet on " + socket + " which pods hold which devices",
                      "check that kubelet runs and that this socket is mounted");
    error.code = Code::kUnavailable;  // whatever it was: who holds what is unknown
    return std::unexpected(std::move(error));
  }
  std::vector<HeldDevice> held;
  for (const auto& pod : answer.pod_resources()) add_held(pod, held);
  return held;
}

}  // namespace septet::kube
