// What kubelet asks of a plugin, and what others send to its socket.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "kube/testing/plugin_fixture.h"

namespace septet::kube {
namespace {

using namespace testing;  // the fixture, and kubelet's side

// ---- Allocate, GetPreferredAllocation

class PluginCallTest : public PluginServerTest {
 protected:
  grpc::Status allocate(const std::vector<std::vector<std::string>>& containers,
                        v1beta1::AllocateResponse* answer) {
    v1beta1::AllocateRequest request;
    for (const auto& ids : containers) {
      auto& row = *request.add_container_requests();
      for (const auto& id : ids) row.add_ids(id);
    }
    grpc::ClientContext context;
    context.set_deadline(within(kLong));
    return client_.stub().Allocate(&context, request, answer);
  }
  grpc::Status prefer(int size, v1beta1::PreferredAllocationResponse* answer) {
    v1beta1::PreferredAllocationRequest request;
    auto& row = *request.add_container_requests();
    for (const char* id : {"a", "b", "c"}) row.add_available_ids(id);
    row.add_must_include_ids("b");
    row.set_allocation_size(size);
    grpc::ClientContext context;
    context.set_deadline(within(kLong));
    return client_.stub().GetPreferredAllocation(&context, request, answer);
  }
  std::unique_ptr<DevicePluginServer> server_ = start();
  PluginClient client_{socket_};
};

TEST_F(PluginCallTest, AllocateCarriesEverything) {
  v1beta1::AllocateResponse answer;
  const auto status = allocate({{"MIG-1", "MIG-2"}, {"MIG-3"}}, &answer);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(answer.container_responses_size(), 2);
  const auto& first = answer.container_responses(0);
  EXPECT_EQ(first.envs().at("NVIDIA_VISIBLE_DEVICES"), "MIG-1,MIG-2,");
  EXPECT_EQ(first.annotations().at("cdi.k8s.io/a"), "b");
  ASSERT_EQ(first.mounts_size(), 1);
  EXPECT_EQ(first.mounts(0).container_path(), "/in");
  EXPECT_EQ(first.mounts(0).host_path(), "/dev/null");
  EXPECT_TRUE(first.mounts(0).read_only());
  ASSERT_EQ(first.devices_size(), 1);
  EXPECT_EQ(first.devices(0).container_path(), "/dev/nvidia0");
  EXPECT_EQ(first.devices(0).host_path(), "/run/dev/nvidia0");
  EXPECT_EQ(first.devices(0).permissions(), "rw");
  ASSERT_EQ(first.cdi_devices_size(), 1);
  EXPECT_EQ(first.cdi_devices(0).name(), "k8s.device-plugin.nvidia.com/gpu=MIG-1");
  EXPECT_EQ(answer.container_responses(1).envs().at("NVIDIA_VISIBLE_DEVICES"), "MIG-3,");
}

TEST_F(PluginCallTest, PreferredIsAskedPerContainer) {
  v1beta1::PreferredAllocationResponse answer;
  ASSERT_TRUE(prefer(2, &answer).ok());
  ASSERT_EQ(answer.container_responses_size(), 1);
  ASSERT_EQ(answer.container_responses(0).ids_size(), 2);
  EXPECT_EQ(answer.container_responses(0).ids(0), "b");
  EXPECT_EQ(answer.container_responses(0).ids(1), "a");
  EXPECT_EQ(prefer(4, &answer).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(prefer(-1, &answer).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(PluginCallTest, ErrorsKeepTheirSentence) {
  v1beta1::AllocateResponse answer;
  const auto unknown = allocate({{"MIG-1"}, {"MIG-x"}}, &answer);
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(unknown.error_message(), "unknown device: MIG-x\n  try: ask for one of the list");
  EXPECT_EQ(allocate({{"MIG-lost"}}, &answer).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(allocate({{"MIG-bug"}}, &answer).error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(allocate({{"MIG-long"}}, &answer).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(PluginCallTest, AMessageTooLargeIsRefusedAndTheNextIsServed) {
  v1beta1::AllocateResponse answer;
  EXPECT_EQ(allocate({{std::string(5 << 20, 'a')}}, &answer).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(allocate({{std::string(3 << 20, 'a')}}, &answer).ok());
  EXPECT_TRUE(allocate({{"MIG-1"}}, &answer).ok());
}

// grpc-go named the socket's path as the authority for years, and kubelets of that time still run.
TEST_F(PluginCallTest, AnAuthorityThatIsAPathIsServed) {
  grpc::ChannelArguments arguments;
  arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, socket_);
  const auto channel =
      grpc::CreateCustomChannel("unix:" + socket_, grpc::InsecureChannelCredentials(), arguments);
  grpc::ClientContext context;
  v1beta1::DevicePluginOptions options;
  const auto status = v1beta1::DevicePlugin::NewStub(channel)->GetDevicePluginOptions(
      &context, v1beta1::Empty(), &options);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_TRUE(options.get_preferred_allocation_available());
}

// Bytes that are no gRPC at all, and a client that goes in the middle.
TEST_F(PluginCallTest, GarbageOnTheSocketIsSurvived) {
  for (int round = 0; round < 50; ++round) {
    const int client = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socket_.c_str(), sizeof(address.sun_path) - 1);
    ASSERT_EQ(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    std::string bytes = round % 2 == 0 ? "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" : "";
    for (int i = 0; i < 200; ++i) bytes += static_cast<char>((round * 131 + i * 37) & 255);
    (void)::send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    ::close(client);
  }
  v1beta1::AllocateResponse answer;
  EXPECT_TRUE(allocate({{"MIG-1"}}, &answer).ok());
}

}  // namespace
}  // namespace septet::kube
