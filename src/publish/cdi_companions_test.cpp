#include "publish/cdi_companions.h"

#include <gtest/gtest.h>

namespace septet::publish {
namespace {

CdiContext context_with_numbers() {
  CdiContext context;
  context.vendor = "nvidia.com";
  context.device_file = [](const std::string&) { return DeviceFile{240, 7}; };
  return context;
}

TEST(CdiCompanions, NoneWhereNothingIs) {
  EXPECT_TRUE(companion_specs({}, context_with_numbers()).empty());
}

TEST(CdiCompanions, OneKindEach) {
  const CompanionNodes nodes{{"/dev/gdrdrv"},
                             {"/dev/nvidia-fs0", "/dev/nvidia-fs1"},
                             {"/dev/infiniband/uverbs0", "/dev/infiniband/rdma_cm"},
                             {0, 3},
                             {{"/etc/cufile.json", "/etc/cufile.json"}}};
  const auto specs = companion_specs(nodes, context_with_numbers());
  ASSERT_EQ(specs.size(), 4u);
  const char* const kinds[] = {"nvidia.com/gdrcopy", "nvidia.com/gds", "nvidia.com/mofed",
                               "nvidia.com/imex-channel"};
  for (std::size_t i = 0; i < specs.size(); ++i) EXPECT_EQ(specs[i].spec["kind"], kinds[i]);
  EXPECT_EQ(specs[0].spec["cdiVersion"], "0.3.0");
  EXPECT_EQ(specs[0].spec["devices"][0]["name"], "all");
  const Json& gds = specs[1].spec["devices"][0]["containerEdits"];
  EXPECT_EQ(gds["deviceNodes"].size(), 2u);
  EXPECT_EQ(gds["mounts"][0]["containerPath"], "/etc/cufile.json");
  // A name that begins with a digit needs 0.5.0.
  EXPECT_EQ(specs[3].spec["cdiVersion"], "0.5.0");
  EXPECT_EQ(specs[3].spec["devices"][1]["name"], "3");
  EXPECT_EQ(specs[3].spec["devices"][1]["containerEdits"]["deviceNodes"][0]["path"],
            "/dev/nvidia-caps-imex-channels/channel3");
}

}  // namespace
}  // namespace septet::publish
