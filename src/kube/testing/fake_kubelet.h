// kube/testing/fake_kubelet.h — for tests: kubelet's side of the wire, in this process.
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "kube/protocol/device_plugin.grpc.pb.h"
#include "kube/protocol/pod_resources.grpc.pb.h"

namespace septet::kube::testing {

inline std::chrono::system_clock::time_point within(std::chrono::milliseconds time) {
  return std::chrono::system_clock::now() + time;
}

// Not gRPC's shared connections: a test that failed to connect would make the next one wait.
inline std::shared_ptr<grpc::Channel> channel_to(const std::string& socket) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(16 << 20);
  return grpc::CreateCustomChannel("unix:" + socket, grpc::InsecureChannelCredentials(), arguments);
}

// A folder of its own, short enough for sockets.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = "/tmp/septet-kube-XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  std::string at(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class FakeKubelet final : public v1beta1::Registration::Service,
                          public v1::PodResourcesLister::Service {
 public:
  explicit FakeKubelet(const std::string& socket) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("unix:" + socket, grpc::InsecureServerCredentials());
    builder.RegisterService(static_cast<v1beta1::Registration::Service*>(this));
    builder.RegisterService(static_cast<v1::PodResourcesLister::Service*>(this));
    server_ = builder.BuildAndStart();
    EXPECT_NE(server_, nullptr) << socket;
  }
  FakeKubelet(const FakeKubelet&) = delete;
  FakeKubelet& operator=(const FakeKubelet&) = delete;
  ~FakeKubelet() override { server_->Shutdown(within(std::chrono::seconds(1))); }

  std::vector<v1beta1::RegisterRequest> registered() const {
    const std::lock_guard lock(guard_);
    return registered_;
  }
  // What the next calls are answered.
  grpc::Status answer = grpc::Status::OK;
  v1::ListPodResourcesResponse pods;
  std::chrono::milliseconds delay{0};

 private:
  grpc::Status Register(grpc::ServerContext* /*context*/, const v1beta1::RegisterRequest* request,
                        v1beta1::Empty* /*out*/) override {
    const std::lock_guard lock(guard_);
    registered_.push_back(*request);
    return answer;
  }
  grpc::Status List(grpc::ServerContext* /*context*/,
                    const v1::ListPodResourcesRequest* /*request*/,
                    v1::ListPodResourcesResponse* out) override {
    if (delay.count() > 0) ::poll(nullptr, 0, static_cast<int>(delay.count()));
    *out = pods;
    return answer;
  }

  mutable std::mutex guard_;
  std::vector<v1beta1::RegisterRequest> registered_;
  std::unique_ptr<grpc::Server> server_;
};

// kubelet's connection to one plugin.
class PluginClient {
 public:
  explicit PluginClient(const std::string& socket) {
    stub_ = v1beta1::DevicePlugin::NewStub(channel_to(socket));
  }
  v1beta1::DevicePlugin::Stub& stub() { return *stub_; }

 private:
  std::unique_ptr<v1beta1::DevicePlugin::Stub> stub_;
};

// One open ListAndWatch stream: every list it was sent, as "id+" (healthy) and "id-" words.
class WatchedList {
 public:
  explicit WatchedList(const std::string& socket) : client_(socket) {
    reader_ = client_.stub().ListAndWatch(&context_, v1beta1::Empty());
    thread_ = std::thread([this] { read(); });
  }
  WatchedList(const WatchedList&) = delete;
  WatchedList& operator=(const WatchedList&) = delete;
  ~WatchedList() { cut(); }

  void cut() {
    context_.TryCancel();
    if (thread_.joinable()) thread_.join();
  }
  std::vector<std::string> lists() const {
    const std::lock_guard lock(guard_);
    return lists_;
  }
  // Until `count` lists came; false: not within five seconds.
  bool wait_for(std::size_t count) {
    return wait([&] { return lists_.size() >= count; });
  }
  bool wait_for_last(const std::string& list) {
    return wait([&] { return !lists_.empty() && lists_.back() == list; });
  }
  bool wait_for_end() {
    return wait([&] { return ended_; });
  }
  v1beta1::ListAndWatchResponse last() const {
    const std::lock_guard lock(guard_);
    return last_;
  }

 private:
  bool wait(const std::function<bool()>& condition) {
    std::unique_lock lock(guard_);
    return changed_.wait_for(lock, std::chrono::seconds(5), condition);
  }
  void read() {
    v1beta1::ListAndWatchResponse message;
    while (reader_->Read(&message)) {
      std::string words;
      for (const auto& device : message.devices()) {
        words += (words.empty() ? "" : " ") + device.id();
        words += device.health() == "Healthy" ? "+" : device.health() == "Unhealthy" ? "-" : "?";
      }
      const std::lock_guard lock(guard_);
      lists_.push_back(words);
      last_ = message;
      changed_.notify_all();
    }
    (void)reader_->Finish();
    const std::lock_guard lock(guard_);
    ended_ = true;
    changed_.notify_all();
  }

  PluginClient client_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1beta1::ListAndWatchResponse>> reader_;
  mutable std::mutex guard_;
  std::condition_variable changed_;
  std::vector<std::string> lists_;
  v1beta1::ListAndWatchResponse last_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace septet::kube::testing
