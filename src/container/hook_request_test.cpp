#include "container/hook_request.h"

#include <gtest/gtest.h>

namespace septet::container {
namespace {

TEST(OciFiles, AStateNamesAProcessAndABundle) {
  const auto state = parse_oci_state(R"({"ociVersion":"1.0","pid":42,"bundle":"/b"})");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->pid, 42);
  EXPECT_EQ(state->bundle, "/b");
  EXPECT_EQ(parse_oci_state(R"({"pid":42,"bundlePath":"/old"})")->bundle, "/old");
  for (const char* const bad :
       {"", "[]", "{", R"({"pid":"42","bundle":"/b"})", R"({"pid":1,"bundle":"/b"})",
        R"({"pid":-1,"bundle":"/b"})", R"({"pid":42})", R"({"pid":42,"bundle":"b"})",
        R"({"pid":42,"bundle":7})", R"({"pid":99999999999,"bundle":"/b"})"})
    EXPECT_FALSE(parse_oci_state(bad)) << bad;
  EXPECT_FALSE(parse_oci_state(std::string(kMostStateBytes + 1, ' ')));
}

TEST(OciFiles, AConfigOfAnotherShapeIsAnError) {
  EXPECT_TRUE(parse_oci_config(R"({"root":{"path":"r"}})"));
  for (const char* const bad :
       {"{}", R"({"root":[]})", R"({"root":{"path":""}})",
        R"({"root":{"path":"r"},"process":{"env":7}})",
        R"({"root":{"path":"r"},"process":{"env":[7]}})", R"({"root":{"path":"a\u0000b"}})"})
    EXPECT_FALSE(parse_oci_config(bad)) << bad;
}

struct Row {
  std::vector<std::string> env;
  bool anything;
  std::vector<std::string> devices;
};

TEST(HookRequest, AskedAsEnginesAsk) {
  const Row rows[] = {
      {{}, false, {}},
      {{"NVIDIA_VISIBLE_DEVICES="}, false, {}},
      {{"NVIDIA_VISIBLE_DEVICES=void"}, false, {}},
      {{"NVIDIA_VISIBLE_DEVICES=none"}, true, {}},
      {{"NVIDIA_VISIBLE_DEVICES=all"}, true, {"all"}},
      {{"NVIDIA_VISIBLE_DEVICES=0:1"}, true, {"0:1"}},
      {{"NVIDIA_VISIBLE_DEVICES=0:1,0:2"}, true, {"0:1", "0:2"}},
      {{"NVIDIA_VISIBLE_DEVICES=0,1"}, true, {"0", "1"}},
      {{"NVIDIA_VISIBLE_DEVICES=all", "NVIDIA_VISIBLE_DEVICES=void"}, false, {}},
      {{"XNVIDIA_VISIBLE_DEVICES=all"}, false, {}},
  };
  for (const Row& row : rows) {
    const auto request = hook_request({"/", row.env, false});
    ASSERT_TRUE(request);
    EXPECT_EQ(request->anything, row.anything);
    EXPECT_EQ(request->devices, row.devices);
  }
}

TEST(HookRequest, WhatCanBeNoDeviceIsRefused) {
  for (const char* const bad : {",", "0,", "0;rm -rf", "0 1", "../../etc", "$(id)"}) {
    const auto request = hook_request({"/", {std::string("NVIDIA_VISIBLE_DEVICES=") + bad}, false});
    EXPECT_FALSE(request) << bad;
  }
}

TEST(HookRequest, CuttingIsForThoseWhoMayAdminister) {
  const std::vector<std::string> env = {"NVIDIA_VISIBLE_DEVICES=0:1",
                                        "NVIDIA_MIG_CONFIG_DEVICES=all"};
  EXPECT_EQ(hook_request({"/", env, false}).error().code, Code::kNoPermission);
  EXPECT_EQ(hook_request({"/", env, true})->caps, std::vector<std::string>{"config"});
  EXPECT_FALSE(hook_request({"/", {env[0], "NVIDIA_MIG_MONITOR_DEVICES=0"}, true}));
  EXPECT_TRUE(
      hook_request({"/", {env[0], "NVIDIA_MIG_MONITOR_DEVICES=none"}, false})->caps.empty());
}

}  // namespace
}  // namespace septet::container
