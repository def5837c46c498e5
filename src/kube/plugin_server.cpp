// DevicePluginServer: the gRPC service of one resource on its socket.
//
// Threads. gRPC's callback interface: all servers of a process share its two to four threads,
//          however many streams kubelet holds open.
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/resource_quota.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "kube/device_plugin.h"
#include "kube/list_stream.h"
#include "kube/unix_socket.h"

namespace septet::kube {
namespace {

constexpr int kMostMessage = 4 << 20;
constexpr std::size_t kMostMemory = std::size_t{32} << 20;  // of one server's calls together
constexpr int kMostCalls = 64;                              // at once, on one connection
constexpr std::chrono::seconds kRegisterWait{5};
constexpr std::chrono::seconds kShutdownWait{2};

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

class PluginService final : public v1beta1::DevicePlugin::CallbackService {
 public:
  PluginService(std::string resource, PluginAnswers answers)
      : resource_(std::move(resource)), answers_(std::move(answers)) {}

  DeviceList& list() { return *list_; }

  grpc::ServerUnaryReactor* GetDevicePluginOptions(grpc::CallbackServerContext* context,
                                                   const v1beta1::Empty* /*request*/,
                                                   v1beta1::DevicePluginOptions* answer) override {
    set_plugin_options(*answer);
    return finished(context, grpc::Status::OK);
  }
  grpc::ServerWriteReactor<v1beta1::ListAndWatchResponse>* ListAndWatch(
      grpc::CallbackServerContext* /*context*/, const v1beta1::Empty* /*request*/) override {
    return list_->open_stream();
  }
  grpc::ServerUnaryReactor* GetPreferredAllocation(
      grpc::CallbackServerContext* context, const v1beta1::PreferredAllocationRequest* request,
      v1beta1::PreferredAllocationResponse* answer) override {
    return finished(context, prefer(*request, *answer));
  }
  grpc::ServerUnaryReactor* Allocate(grpc::CallbackServerContext* context,
                                     const v1beta1::AllocateRequest* request,
                                     v1beta1::AllocateResponse* answer) override {
    return finished(context, allocate(*request, *answer));
  }
  grpc::ServerUnaryReactor* PreStartContainer(
      grpc::CallbackServerContext* context, const v1beta1::PreStartContainerRequest* /*request*/,
      v1beta1::PreStartContainerResponse* /*answer*/) override {
    return finished(context, grpc::Status::OK);
  }

 private:
  static grpc::ServerUnaryReactor* finished(grpc::CallbackServerContext* context,
                                            grpc::Status status) {
    auto* const reactor = context->DefaultReactor();
    reactor->Finish(std::move(status));
    return reactor;
  }
  grpc::Status prefer(const v1beta1::PreferredAllocationRequest& request,
                      v1beta1::PreferredAllocationResponse& answer) const {
    for (const auto& container : request.container_requests()) {
      if (container.allocation_size() < 0) {
        return {
            grpc::StatusCode::INVALID_ARGUMENT,
            fmt::format("{}: {} devices were asked for", resource_, container.allocation_size())};
      }
      auto ids = answers_.preferred(words_of(container.available_ids()),
                                    words_of(container.must_include_ids()),
                                    static_cast<unsigned>(container.allocation_size()));
      if (!ids) return status_of(ids.error());
      auto& row = *answer.add_container_responses();
      for (std::string& id : *ids) row.add_ids(std::move(id));
    }
    return grpc::Status::OK;
  }
  grpc::Status allocate(const v1beta1::AllocateRequest& request,
                        v1beta1::AllocateResponse& answer) const {
    for (const auto& container : request.container_requests()) {
      auto allocation = answers_.allocate(words_of(container.ids()));
      if (!allocation) return status_of(allocation.error());
      fill_container(std::move(*allocation), *answer.add_container_responses());
    }
    return grpc::Status::OK;
  }

  std::string resource_;
  PluginAnswers answers_;
  std::shared_ptr<DeviceList> list_ = std::make_shared<DeviceList>();
};

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

class GrpcPluginServer final : public DevicePluginServer {
 public:
  GrpcPluginServer(std::string resource, std::string socket, PluginAnswers answers)
      : resource_(resource),
        socket_(std::move(socket)),
        service_(std::move(resource), std::move(answers)) {}
  GrpcPluginServer(const GrpcPluginServer&) = delete;
  GrpcPluginServer& operator=(const GrpcPluginServer&) = delete;
  ~GrpcPluginServer() override {
    if (file_ && socket_at(socket_) == file_) ::unlink(socket_.c_str());
    service_.list().close();
    if (server_ != nullptr) server_->Shutdown(within(kShutdownWait));
  }

  Result<> start();
  void list(std::vector<ListedDevice> devices) override {
    service_.list().replace(std::move(devices));
  }
  bool told(std::chrono::milliseconds wait) override { return service_.list().told(wait); }
  Result<> register_with(const std::string& kubelet_socket) override;
  unsigned streams() const override { return service_.list().streams(); }

 private:
  Error cannot(const std::string& why) const {
    return {Code::kUnavailable, "serve " + resource_ + " on " + socket_ + ": " + why,
            "check that the folder is there and may be written to", 0, nullptr};
  }
  Result<> listen_at(const std::string& path);
  Result<> move_into_place(const std::string& path);

  std::string resource_, socket_;
  mutable PluginService service_;
  std::unique_ptr<grpc::Server> server_;
  std::optional<FileIdentity> file_;
};

Result<> GrpcPluginServer::listen_at(const std::string& path) {
  const std::string address = TRY(unix_address(path));
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service_);
  builder.SetMaxReceiveMessageSize(kMostMessage);
  builder.SetResourceQuota(grpc::ResourceQuota("device plugin").Resize(kMostMemory));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMostCalls);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) return std::unexpected(cannot("no socket could be made there"));
  return {};
}

Result<> GrpcPluginServer::move_into_place(const std::string& path) {
  struct stat stale {};
  if (::lstat(socket_.c_str(), &stale) == 0 && !S_ISSOCK(stale.st_mode)) {
    return std::unexpected(cannot("a file that is no socket has this name"));
  }
  if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 ||
      ::rename(path.c_str(), socket_.c_str()) != 0) {
    return std::unexpected(cannot(strerrordesc_np(errno)));
  }
  file_ = socket_at(socket_);
  return {};
}

// The socket is made under another name and moved: it is never seen open to others nor half made,
// a stale one is replaced at once, and gRPC, which unlinks the name it bound, cannot remove the
// socket of whoever serves this resource after us.
Result<> GrpcPluginServer::start() {
  static std::atomic<unsigned> made{0};
  TRY(unix_address(socket_));
  const auto folder = socket_.substr(0, socket_.rfind('/') + 1);
  const std::string path = fmt::format("{}.{}-{}", folder, ::getpid(), ++made);
  TRY(listen_at(path));
  auto moved = move_into_place(path);
  if (!moved) ::unlink(path.c_str());
  return moved;
}

Result<> GrpcPluginServer::register_with(const std::string& kubelet_socket) {
  const auto channel = TRY(unix_channel(kubelet_socket, kMostMessage));
  v1beta1::RegisterRequest request;
  request.set_version("v1beta1");
  request.set_endpoint(socket_.substr(socket_.rfind('/') + 1));
  request.set_resource_name(resource_);
  set_plugin_options(*request.mutable_options());
  grpc::ClientContext context;
  context.set_deadline(within(kRegisterWait));
  v1beta1::Empty answer;
  const auto status = v1beta1::Registration::NewStub(channel)->Register(&context, request, &answer);
  if (status.ok()) return {};
  Error error = error_of(status, "register " + resource_ + " with kubelet on " + kubelet_socket,
                         "check that kubelet runs, and its log for why it refused");
  error.code = Code::kUnavailable;
  return std::unexpected(std::move(error));
}

}  // namespace

Result<std::unique_ptr<DevicePluginServer>> DevicePluginServer::start(std::string resource,
                                                                      std::string socket,
                                                                      PluginAnswers answers) {
  auto server = std::make_unique<GrpcPluginServer>(std::move(resource), std::move(socket),
                                                   std::move(answers));
  TRY(server->start());
  return server;
}

}  // namespace septet::kube
