#include "kube/pod_resources.h"

#include <gtest/gtest.h>

#include "kube/testing/fake_kubelet.h"

namespace septet::kube {
namespace {

class PodResourcesTest : public ::testing::Test {
 protected:
  testing::ScratchFolder folder_;
  std::string socket_ = folder_.at("kubelet.sock");
};

TEST_F(PodResourcesTest, NamesEveryDeviceAndItsHolder) {
  testing::FakeKubelet kubelet(socket_);
  auto& pod = *kubelet.pods.add_pod_resources();
  pod.set_name("train-0");
  pod.set_namespace_("ml");
  kubelet.pods.add_pod_resources()->set_name("holds-nothing");
  auto& container = *pod.add_containers();
  container.set_name("main");
  auto& slices = *container.add_devices();
  slices.set_resource_name("nvidia.com/mig-1g.10gb");
  slices.add_device_ids("MIG-1");
  slices.add_device_ids("MIG-2::1");
  const auto held = held_devices(socket_, std::chrono::seconds(5));
  ASSERT_TRUE(held) << held.error().describe();
  ASSERT_EQ(held->size(), 2u);
  const HeldDevice& second = (*held)[1];
  EXPECT_EQ((*held)[0].id, "MIG-1");
  EXPECT_EQ(second.id, "MIG-2::1");
  EXPECT_EQ(second.resource, "nvidia.com/mig-1g.10gb");
  EXPECT_EQ(second.name_space + "/" + second.pod + "/" + second.container, "ml/train-0/main");
}

// Field 77 of the answer, 3 to 5 of a container as newer kubelets send them.
TEST_F(PodResourcesTest, UnknownFieldsAreSkipped) {
  v1::ListPodResourcesResponse sent;
  ASSERT_TRUE(
      sent.ParseFromString(std::string("\x0a\x16\x0a\x01p\x12\x01n\x1a\x0e"
                                       "\x0a\x01"
                                       "c"
                                       "\x12\x05\x0a\x01r\x12\x00"
                                       "\x1a\x02\x01\x02"
                                       "\xea\x04\x02zz",
                                       29)));
  testing::FakeKubelet kubelet(socket_);
  kubelet.pods = sent;  // unknown fields are kept and sent on
  ASSERT_EQ(kubelet.pods.ByteSizeLong(), 29u);
  const auto held = held_devices(socket_, std::chrono::seconds(5));
  ASSERT_TRUE(held) << held.error().describe();
  ASSERT_EQ(held->size(), 1u);
  EXPECT_EQ(held->front().pod, "p");
  EXPECT_EQ(held->front().resource, "r");
}

TEST_F(PodResourcesTest, NoAnswerIsUnknownNotNobody) {
  const auto absent = held_devices(socket_, std::chrono::seconds(1));
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Code::kUnavailable);
  EXPECT_NE(absent.error().what.find(socket_), std::string::npos);

  testing::FakeKubelet kubelet(socket_);
  kubelet.answer = {grpc::StatusCode::UNIMPLEMENTED, "not here"};
  const auto refused = held_devices(socket_, std::chrono::seconds(5));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  kubelet.answer = grpc::Status::OK;
  kubelet.delay = std::chrono::milliseconds(1500);
  const auto before = std::chrono::steady_clock::now();
  const auto slow = held_devices(socket_, std::chrono::milliseconds(200));
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().code, Code::kUnavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(1));
}

TEST_F(PodResourcesTest, AnAnswerOverSixteenMebibytesIsRefused) {
  testing::FakeKubelet kubelet(socket_);
  kubelet.pods.add_pod_resources()->set_name(std::string((16 << 20) + 1, 'x'));
  EXPECT_FALSE(held_devices(socket_, std::chrono::seconds(10)));
  kubelet.pods.Clear();
  kubelet.pods.add_pod_resources()->set_name(std::string(8 << 20, 'x'));
  EXPECT_TRUE(held_devices(socket_, std::chrono::seconds(10)));
}

}  // namespace
}  // namespace septet::kube
