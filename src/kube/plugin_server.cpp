// DevicePluginServer: the gRPC service of one resource on its socket.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "kube/device_plugin.h"
#include "kube/protocol/device_plugin.pb.h"
#include "kube/rpc/call.h"
#include "kube/rpc/server.h"
#include "kube/unix_socket.h"

namespace septet::kube {
namespace {

constexpr std::size_t kMostMessage = std::size_t{4} << 20;
constexpr std::chrono::seconds kRegisterWait{5};

std::vector<std::string> words_of(const google::protobuf::RepeatedPtrField<std::string>& field) {
  return {field.begin(), field.end()};
}

void set_plugin_options(v1beta1::DevicePluginOptions& options) {
  options.set_pre_start_required(false);
  options.set_get_preferred_allocation_available(true);
}

void fill_container(publish::Allocation allocation, v1beta1::ContainerAllocateResponse& container) {
  for (auto& [key, value] : allocation.envs) (*container.mutable_envs())[key] = std::move(value);
  for (auto& [key, value] : allocation.annotations) {
    (*container.mutable_annotations())[key] = std::move(value);
  }
  for (publish::Mount& mount : allocation.mounts) {
    v1beta1::Mount& row = *container.add_mounts();
    row.set_container_path(std::move(mount.container_path));
    row.set_host_path(std::move(mount.host_path));
    row.set_read_only(mount.read_only);
  }
  for (publish::DeviceNode& node : allocation.devices) {
    v1beta1::DeviceSpec& row = *container.add_devices();
    row.set_container_path(std::move(node.container_path));
    row.set_host_path(std::move(node.host_path));
    row.set_permissions(std::move(node.permissions));
  }
  for (std::string& name : allocation.cdi_devices) {
    container.add_cdi_devices()->set_name(std::move(name));
  }
}

template <typename Message>
rpc::Answer answered(const Message& message) {
  return {{}, message.SerializeAsString()};
}
rpc::Answer refused(rpc::Status status) { return {std::move(status), {}}; }

// What one resource answers to kubelet's calls.
class PluginCalls {
 public:
  PluginCalls(std::string resource, PluginAnswers answers)
      : resource_(std::move(resource)), answers_(std::move(answers)) {}

  rpc::Answer options(std::string_view /*request*/) const {
    v1beta1::DevicePluginOptions answer;
    set_plugin_options(answer);
    return answered(answer);
  }
  rpc::Answer prefer(std::string_view bytes) const {
    v1beta1::PreferredAllocationRequest request;
    if (!read(bytes, request)) return unreadable();
    v1beta1::PreferredAllocationResponse answer;
    for (const auto& container : request.container_requests()) {
      if (container.allocation_size() < 0) {
        return refused(
            {rpc::StatusCode::kInvalidArgument,
             fmt::format("{}: {} devices were asked for", resource_, container.allocation_size())});
      }
      auto ids = answers_.preferred(words_of(container.available_ids()),
                                    words_of(container.must_include_ids()),
                                    static_cast<unsigned>(container.allocation_size()));
      if (!ids) return refused(rpc::status_of(ids.error()));
      auto& row = *answer.add_container_responses();
      for (std::string& id : *ids) row.add_ids(std::move(id));
    }
    return answered(answer);
  }
  rpc::Answer allocate(std::string_view bytes) const {
    v1beta1::AllocateRequest request;
    if (!read(bytes, request)) return unreadable();
    v1beta1::AllocateResponse answer;
    for (const auto& container : request.container_requests()) {
      auto allocation = answers_.allocate(words_of(container.ids()));
      if (!allocation) return refused(rpc::status_of(allocation.error()));
      fill_container(std::move(*allocation), *answer.add_container_responses());
    }
    return answered(answer);
  }

 private:
  template <typename Message>
  static bool read(std::string_view bytes, Message& message) {
    return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  }
  rpc::Answer unreadable() const {
    return refused({rpc::StatusCode::kInternal, resource_ + ": the request cannot be read"});
  }

  std::string resource_;
  PluginAnswers answers_;
};

rpc::Service plugin_service(std::string resource, PluginAnswers answers) {
  const auto calls = std::make_shared<const PluginCalls>(std::move(resource), std::move(answers));
  const std::string name = "/v1beta1.DevicePlugin/";
  return {
      .methods = {{name + "GetDevicePluginOptions", [calls](auto r) { return calls->options(r); }},
                  {name + "GetPreferredAllocation", [calls](auto r) { return calls->prefer(r); }},
                  {name + "Allocate", [calls](auto r) { return calls->allocate(r); }},
                  {name + "PreStartContainer",
                   [](auto) { return answered(v1beta1::PreStartContainerResponse()); }}},
      .watch = name + "ListAndWatch",
      .most_request = kMostMessage};
}

std::string list_message(const std::vector<ListedDevice>& devices) {
  v1beta1::ListAndWatchResponse message;
  for (const ListedDevice& device : devices) {
    v1beta1::Device& row = *message.add_devices();
    row.set_id(device.id);
    row.set_health(device.healthy ? "Healthy" : "Unhealthy");
    if (device.numa_node) row.mutable_topology()->add_nodes()->set_id(*device.numa_node);
  }
  return message.SerializeAsString();
}

// A listening socket's file, by identity: its name may belong to another by now.
struct FileIdentity {
  dev_t device = 0;
  ino_t number = 0;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};
std::optional<FileIdentity> socket_at(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) return std::nullopt;
  return FileIdentity{found.st_dev, found.st_ino};
}

class SocketPluginServer final : public DevicePluginServer {
 public:
  SocketPluginServer(std::string resource, std::string socket)
      : resource_(std::move(resource)), socket_(std::move(socket)) {}
  SocketPluginServer(const SocketPluginServer&) = delete;
  SocketPluginServer& operator=(const SocketPluginServer&) = delete;
  ~SocketPluginServer() override {
    if (file_ && socket_at(socket_) == file_) ::unlink(socket_.c_str());
  }

  Result<> start(PluginAnswers answers);
  void list(std::vector<ListedDevice> devices) override { server_->tell(list_message(devices)); }
  bool told(std::chrono::milliseconds wait) override { return server_->told(wait); }
  Result<> register_with(const std::string& kubelet_socket) override;
  unsigned streams() const override { return server_->watching(); }

 private:
  Error cannot(const std::string& why) const {
    return {Code::kUnavailable, "serve " + resource_ + " on " + socket_ + ": " + why,
            "check that the folder is there and may be written to", 0, nullptr};
  }
  Result<> move_into_place(const std::string& path);

  std::string resource_, socket_;
  std::unique_ptr<rpc::Server> server_;
  std::optional<FileIdentity> file_;
};

Result<> SocketPluginServer::move_into_place(const std::string& path) {
  struct stat stale {};
  if (::lstat(socket_.c_str(), &stale) == 0 && !S_ISSOCK(stale.st_mode)) {
    return std::unexpected(cannot("a file that is no socket has this name"));
  }
  if (::rename(path.c_str(), socket_.c_str()) != 0) {
    return std::unexpected(cannot(strerrordesc_np(errno)));
  }
  file_ = socket_at(socket_);
  return {};
}

// The socket is made under another name and moved: it is never seen half made, and a stale one is
// replaced at once.
Result<> SocketPluginServer::start(PluginAnswers answers) {
  static std::atomic<unsigned> made{0};
  TRY(unix_address(socket_));
  const auto folder = socket_.substr(0, socket_.rfind('/') + 1);
  const std::string path = fmt::format("{}.{}-{}", folder, ::getpid(), ++made);
  auto server = rpc::Server::start(path, plugin_service(resource_, std::move(answers)));
  if (!server) return std::unexpected(cannot(server.error().what));
  server_ = std::move(*server);
  auto moved = move_into_place(path);
  if (!moved) ::unlink(path.c_str());
  return moved;
}

Result<> SocketPluginServer::register_with(const std::string& kubelet_socket) {
  TRY(unix_address(kubelet_socket));
  v1beta1::RegisterRequest request;
  request.set_version("v1beta1");
  request.set_endpoint(socket_.substr(socket_.rfind('/') + 1));
  request.set_resource_name(resource_);
  set_plugin_options(*request.mutable_options());
  const auto answer = rpc::call({.socket = kubelet_socket,
                                 .path = "/v1beta1.Registration/Register",
                                 .wait = kRegisterWait,
                                 .most_answer = kMostMessage},
                                request.SerializeAsString());
  if (answer.status.ok()) return {};
  Error error =
      rpc::error_of(answer.status, "register " + resource_ + " with kubelet on " + kubelet_socket,
                    "check that kubelet runs, and its log for why it refused");
  error.code = Code::kUnavailable;
  return std::unexpected(std::move(error));
}

}  // namespace

Result<std::unique_ptr<DevicePluginServer>> DevicePluginServer::start(std::string resource,
                                                                      std::string socket,
                                                                      PluginAnswers answers) {
  auto server = std::make_unique<SocketPluginServer>(std::move(resource), std::move(socket));
  TRY(server->start(std::move(answers)));
  return server;
}

}  // namespace septet::kube
