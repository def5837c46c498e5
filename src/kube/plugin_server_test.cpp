// One plugin and a kubelet in one process, over real sockets.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "kube/testing/plugin_fixture.h"

namespace septet::kube {
namespace {

using namespace testing;  // the fixture, and kubelet's side

using Lists = std::vector<std::string>;

// ---- what kubelet is told

TEST_F(PluginServerTest, RegistersAsKubeletWantsIt) {
  FakeKubelet kubelet(kubelet_socket_);
  const auto server = start("nvidia.com/mig-1g.10gb");
  ASSERT_TRUE(server->register_with(kubelet_socket_));
  ASSERT_EQ(kubelet.registered().size(), 1u);
  const auto request = kubelet.registered().front();
  EXPECT_EQ(request.version(), "v1beta1");
  EXPECT_EQ(request.endpoint(), "nvidia-gpu.sock");
  EXPECT_EQ(request.resource_name(), "nvidia.com/mig-1g.10gb");
  EXPECT_TRUE(request.options().get_preferred_allocation_available());
  EXPECT_FALSE(request.options().pre_start_required());

  PluginClient client(socket_);
  grpc::ClientContext context;
  v1beta1::DevicePluginOptions options;
  ASSERT_TRUE(client.stub().GetDevicePluginOptions(&context, {}, &options).ok());
  EXPECT_TRUE(options.get_preferred_allocation_available());
  EXPECT_FALSE(options.pre_start_required());
}

TEST_F(PluginServerTest, ARefusalOrAnAbsentKubeletIsUnavailableAndNamesBoth) {
  const auto server = start();
  auto absent = server->register_with(kubelet_socket_);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Code::kUnavailable);
  EXPECT_NE(absent.error().what.find("nvidia.com/gpu"), std::string::npos);
  EXPECT_NE(absent.error().what.find(kubelet_socket_), std::string::npos);
  // At once after kubelet is back: no memory of the failure before.
  FakeKubelet kubelet(kubelet_socket_);
  EXPECT_TRUE(server->register_with(kubelet_socket_));
  kubelet.answer = {grpc::StatusCode::INVALID_ARGUMENT, "the version is unsupported"};
  const auto refused = server->register_with(kubelet_socket_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  EXPECT_NE(refused.error().describe().find("the version is unsupported"), std::string::npos);
}

TEST_F(PluginServerTest, AKubeletThatNeverAnswersIsGivenFiveSeconds) {
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, kubelet_socket_.c_str(), sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::listen(listener, 8), 0);
  const auto server = start();
  const auto before = std::chrono::steady_clock::now();
  EXPECT_FALSE(server->register_with(kubelet_socket_));
  const auto took = std::chrono::steady_clock::now() - before;
  EXPECT_LT(took, std::chrono::seconds(8));
  EXPECT_GT(took, std::chrono::seconds(4));
  ::close(listener);
}

// ---- ListAndWatch

TEST_F(PluginServerTest, AStreamGetsTheListAtOnceAndEachChangeOnce) {
  const auto server = start();
  server->list(devices("a+ b+"));
  WatchedList early(socket_);
  ASSERT_TRUE(early.wait_for(1));
  server->list(devices("a+ b+ c+"));
  ASSERT_TRUE(server->told(kLong));
  ASSERT_TRUE(early.wait_for(2));
  server->list(devices("a+ b+ c+"));  // the same: not told again
  server->list(devices("a+ b- c+"));
  ASSERT_TRUE(early.wait_for(3));
  WatchedList late(socket_);
  ASSERT_TRUE(late.wait_for(1));
  EXPECT_EQ(server->streams(), 2u);
  server->list({});
  ASSERT_TRUE(early.wait_for(4) && late.wait_for(2));
  EXPECT_EQ(early.lists(), (Lists{"a+ b+", "a+ b+ c+", "a+ b- c+", ""}));
  EXPECT_EQ(late.lists(), (Lists{"a+ b- c+", ""}));
}

TEST_F(PluginServerTest, BeforeTheFirstListNothingIsClaimed) {
  const auto server = start();
  WatchedList stream(socket_);
  for (int i = 0; i < 500 && server->streams() == 0; ++i) ::usleep(10'000);
  ASSERT_EQ(server->streams(), 1u);
  EXPECT_TRUE(stream.lists().empty());
  server->list({});
  ASSERT_TRUE(stream.wait_for(1));
  EXPECT_EQ(stream.lists(), Lists{""});
}

TEST_F(PluginServerTest, NumaNodesTravel) {
  const auto server = start();
  server->list({{"a", true, 1}, {"b", true, 0}, {"c", true, std::nullopt}});
  WatchedList stream(socket_);
  ASSERT_TRUE(stream.wait_for(1));
  const auto list = stream.last();
  ASSERT_EQ(list.devices_size(), 3);
  ASSERT_EQ(list.devices(0).topology().nodes_size(), 1);
  EXPECT_EQ(list.devices(0).topology().nodes(0).id(), 1);
  ASSERT_EQ(list.devices(1).topology().nodes_size(), 1);
  EXPECT_EQ(list.devices(1).topology().nodes(0).id(), 0);
  EXPECT_FALSE(list.devices(2).has_topology());
}

TEST_F(PluginServerTest, AHundredListsAtOnceEndInTheLast) {
  const auto server = start();
  server->list(devices("start+"));
  WatchedList one(socket_), two(socket_);
  ASSERT_TRUE(one.wait_for(1) && two.wait_for(1));
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) server->list(devices("d" + std::to_string(t * 100 + i) + "+"));
    });
  }
  for (auto& thread : threads) thread.join();
  server->list(devices("last+"));
  ASSERT_TRUE(server->told(kLong));
  EXPECT_TRUE(one.wait_for_last("last+") && two.wait_for_last("last+"));
  for (const auto* stream : {&one, &two}) {
    const auto lists = stream->lists();
    EXPECT_LE(lists.size(), 102u);
    EXPECT_EQ(std::ranges::adjacent_find(lists), lists.end()) << "a list was told twice in a row";
  }
}

TEST_F(PluginServerTest, ToldSaysNoWhileKubeletDoesNotRead) {
  const auto server = start();
  PluginClient client(socket_);
  grpc::ClientContext context;
  const auto reader = client.stub().ListAndWatch(&context, v1beta1::Empty());
  std::vector<ListedDevice> many;
  for (int i = 0; i < 20'000; ++i)
    many.push_back({std::to_string(i) + std::string(40, 'x'), true, {}});
  v1beta1::ListAndWatchResponse message;
  server->list(many);
  ASSERT_TRUE(reader->Read(&message));
  // More than the window of a stream that nobody reads holds.
  bool told = true;
  for (int i = 0; i < 20 && told; ++i) {
    many.front().id = std::to_string(i) + "y";
    server->list(many);
    told = server->told(std::chrono::milliseconds(300));
  }
  EXPECT_FALSE(told);
  context.TryCancel();
  EXPECT_TRUE(server->told(kLong)) << "a stream that is gone is not waited for";
}

TEST_F(PluginServerTest, ACutStreamIsForgottenAndANewOneStartsAfresh) {
  const auto server = start();
  server->list(devices("a+"));
  {
    WatchedList stream(socket_);
    ASSERT_TRUE(stream.wait_for(1));
  }
  for (int i = 0; i < 500 && server->streams() != 0; ++i) ::usleep(10'000);
  EXPECT_EQ(server->streams(), 0u);
  server->list(devices("a-"));
  EXPECT_TRUE(server->told(kLong));
  WatchedList again(socket_);
  ASSERT_TRUE(again.wait_for(1));
  EXPECT_EQ(again.lists(), Lists{"a-"});
}

TEST_F(PluginServerTest, StopsWithOpenStreamsAndTakesItsSocketAlong) {
  auto server = start();
  server->list(devices("a+"));
  WatchedList one(socket_), two(socket_);
  ASSERT_TRUE(one.wait_for(1) && two.wait_for(1));
  const auto before = std::chrono::steady_clock::now();
  server.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(2));
  EXPECT_TRUE(one.wait_for_end() && two.wait_for_end());
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

// The last list is still to be told when the last server of the process goes.
TEST_F(PluginServerTest, StopsWhileItTells) {
  for (int round = 0; round < 200; ++round) {
    auto server = start();
    server->list(devices("a+"));
    server->list(devices("b+"));
    server.reset();
  }
}

// ---- the socket

TEST_F(PluginServerTest, TheSocketIsForItsOwnerAlone) {
  const auto server = start();
  struct stat found {};
  ASSERT_EQ(::stat(socket_.c_str(), &found), 0);
  EXPECT_TRUE(S_ISSOCK(found.st_mode));
  EXPECT_EQ(found.st_mode & 0777, 0600u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(PluginServerTest, AStaleSocketIsReplacedAndTheSuccessorsIsLeftAlone) {
  auto first = start();
  first->list(devices("old+"));
  const auto second = start();
  second->list(devices("new+"));
  first.reset();
  WatchedList stream(socket_);
  ASSERT_TRUE(stream.wait_for(1));
  EXPECT_EQ(stream.lists(), Lists{"new+"});
}

TEST_F(PluginServerTest, WhatCannotBeServedIsAnError) {
  const auto nowhere =
      DevicePluginServer::start("nvidia.com/gpu", folder_.at("none/a.sock"), plain_answers());
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, Code::kUnavailable);
  EXPECT_NE(nowhere.error().what.find("nvidia.com/gpu"), std::string::npos);
  EXPECT_FALSE(DevicePluginServer::start("nvidia.com/gpu", "a.sock", plain_answers()));
  EXPECT_FALSE(DevicePluginServer::start("nvidia.com/gpu", folder_.at(std::string(100, 'a')), {}));
  std::ofstream(socket_) << "precious";
  EXPECT_FALSE(DevicePluginServer::start("nvidia.com/gpu", socket_, plain_answers()));
  EXPECT_EQ(std::filesystem::file_size(socket_), 8u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

// kubelet wipes the folder and makes its socket anew.
TEST_F(PluginServerTest, AfterAKubeletRestartThePluginIsServedAgain) {
  const auto watch = FolderWatch::open(folder_.path());
  ASSERT_TRUE(watch) << watch.error().describe();
  auto kubelet = std::make_unique<FakeKubelet>(kubelet_socket_);
  auto server = start();
  server->list(devices("a+"));
  ASSERT_TRUE(server->register_with(kubelet_socket_));
  (void)(*watch)->changed();

  kubelet.reset();
  std::filesystem::remove(socket_);
  kubelet = std::make_unique<FakeKubelet>(kubelet_socket_);
  const auto change = (*watch)->changed();
  EXPECT_TRUE(std::ranges::count(change.made, "kubelet.sock") == 1);
  EXPECT_TRUE(std::ranges::count(change.removed, "nvidia-gpu.sock") == 1);
  server = nullptr;
  server = start();
  server->list(devices("a+"));
  ASSERT_TRUE(server->register_with(kubelet_socket_));
  EXPECT_EQ(kubelet->registered().size(), 1u);
  WatchedList stream(socket_);
  ASSERT_TRUE(stream.wait_for(1));
}

}  // namespace
}  // namespace septet::kube
