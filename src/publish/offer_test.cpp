#include "publish/offer.h"

#include <gtest/gtest.h>

#include "publish/testing/cut_gpu.h"

namespace septet::publish {
namespace {

using testing::cut;
using testing::whole_gpu;

PluginConfig with(MigStrategy strategy) {
  PluginConfig config;
  config.strategy = strategy;
  return config;
}

// "nvidia.com/gpu: GPU-00000000 GPU-00000001; ..."
std::string told(const Offer& offer) {
  std::string text;
  for (const Resource& resource : offer.resources) {
    text += (text.empty() ? "" : "; ") + resource.name + ":";
    for (const Device& device : resource.devices) text += " " + device.id;
  }
  return text;
}

// "0: MIG is on ...\n"
std::string left_out(const Offer& offer) {
  std::string text;
  for (const NotOffered& one : offer.not_offered) {
    text += std::to_string(one.gpu) + ": " + one.reason + "\n";
    EXPECT_FALSE(one.uuid.empty());
  }
  return text;
}

mig::Node node_of(std::vector<mig::Gpu> gpus) {
  mig::Node node;
  node.gpus = std::move(gpus);
  return node;
}

// A whole GPU, one with a 3g in three parts and two kinds of 1g, one that is on and empty.
mig::Node varied_node() {
  mig::Gpu slices = whole_gpu(1);
  cut(slices, "3g.40gb", 4, {1, 1, 1});
  cut(slices, "1g.10gb+me", 3);
  cut(slices, "1g.10gb", 0);
  cut(slices, "1g.10gb", 1);
  mig::Gpu empty = whole_gpu(2);
  empty.mode = empty.pending = mig::MigMode::kOn;
  return node_of({whole_gpu(0), slices, empty});
}

TEST(Offer, NoneOffersEveryGpuWhole) {
  const Offer offered = offer(varied_node(), with(MigStrategy::kNone));
  EXPECT_EQ(told(offered), "nvidia.com/gpu: GPU-00000000 GPU-00000001 GPU-00000002");
  EXPECT_EQ(left_out(offered), "");
  const Resource& gpus = offered.resources[0];
  EXPECT_EQ(gpus.socket, "nvidia-gpu.sock");
  EXPECT_EQ(gpus.devices[1].index, "1");
  EXPECT_EQ(gpus.devices[1].profile, "");
  EXPECT_EQ(gpus.devices[1].gpu_instance, std::nullopt);
  EXPECT_EQ(gpus.devices[1].numa_node, 0);
}

TEST(Offer, MixedOffersEachProfileByNameInTheOrderOfPlaces) {
  const Offer offered = offer(varied_node(), with(MigStrategy::kMixed));
  EXPECT_EQ(told(offered),
            "nvidia.com/gpu: GPU-00000000; "
            "nvidia.com/mig-1c.3g.40gb: MIG-1-1-0 MIG-1-1-1 MIG-1-1-2; "
            "nvidia.com/mig-1g.10gb: MIG-1-3-0 MIG-1-4-0; "
            "nvidia.com/mig-1g.10gb.me: MIG-1-2-0");
  EXPECT_TRUE(left_out(offered).starts_with("2: MIG is on and it has no slices. Cut it"));
  const Device& part = offered.resources[1].devices[2];
  EXPECT_EQ(part.index, "1:2");
  EXPECT_EQ(part.profile, "1c.3g.40gb");
  EXPECT_EQ(part.gpu_instance, 1u);
  EXPECT_EQ(part.compute_instance, 2u);
  EXPECT_EQ(part.at, (mig::Placement{4, 4}));
  EXPECT_EQ(part.gpu_minor, 1u);
  EXPECT_EQ(offered.resources[1].socket, "nvidia-mig-1c.3g.40gb.sock");
  EXPECT_EQ(offered.resources[3].socket, "nvidia-mig-1g.10gb.me.sock");
}

TEST(Offer, SingleOffersAllSlicesAsGpusWhenTheyAreAlike) {
  const Offer slices = offer(testing::sevenths(2), with(MigStrategy::kSingle));
  ASSERT_EQ(slices.resources.size(), 1u);
  EXPECT_EQ(slices.resources[0].name, "nvidia.com/gpu");
  EXPECT_EQ(slices.resources[0].devices.size(), 14u);
  EXPECT_EQ(slices.resources[0].devices[13].index, "1:6");
  EXPECT_EQ(left_out(slices), "");
  const Offer whole = offer(node_of({whole_gpu(0), whole_gpu(1)}), with(MigStrategy::kSingle));
  EXPECT_EQ(told(whole), "nvidia.com/gpu: GPU-00000000 GPU-00000001");
}

TEST(Offer, SingleServesTheLargestSetOfLikesAndSaysWhatIsLeftOut) {
  mig::Node node = testing::sevenths(2);
  node.gpus[1].instances.resize(4);  // four 1g and
  cut(node.gpus[1], "3g.40gb", 4);
  node.gpus.push_back(whole_gpu(2));
  mig::Gpu empty = whole_gpu(3);
  empty.mode = mig::MigMode::kOn;
  node.gpus.push_back(empty);
  const Offer offered = offer(node, with(MigStrategy::kSingle));
  ASSERT_EQ(offered.resources.size(), 1u);
  EXPECT_EQ(offered.resources[0].devices.size(), 11u);
  for (const Device& device : offered.resources[0].devices) EXPECT_EQ(device.profile, "1g.10gb");
  ASSERT_EQ(offered.not_offered.size(), 3u);
  EXPECT_EQ(offered.not_offered[0].reason,
            "strategy single offers one kind of device, here 1g.10gb, which its slice (1 x "
            "3g.40gb) is not. Cut all GPUs alike, or use MIG strategy mixed, which offers each "
            "profile by its name");
  EXPECT_TRUE(offered.not_offered[1].reason.starts_with("MIG is off, and strategy single"));
  EXPECT_TRUE(offered.not_offered[2].reason.starts_with("MIG is on and it has no slices"));
}

// The same count: on more GPUs first, then slices before whole GPUs.
TEST(Offer, SingleChoosesAmongEqualsAlwaysTheSame) {
  mig::Gpu one_slice = whole_gpu(1);
  cut(one_slice, "7g.80gb", 0);
  const Offer slice = offer(node_of({whole_gpu(0), one_slice}), with(MigStrategy::kSingle));
  EXPECT_EQ(told(slice), "nvidia.com/gpu: MIG-1-1-0");
  mig::Gpu two_slices = whole_gpu(2);
  cut(two_slices, "3g.40gb", 0);
  cut(two_slices, "3g.40gb", 4);
  const Offer whole =
      offer(node_of({whole_gpu(0), whole_gpu(1), two_slices}), with(MigStrategy::kSingle));
  EXPECT_EQ(told(whole), "nvidia.com/gpu: GPU-00000000 GPU-00000001");
}

// Of one name, on boards where it has 14 and 16 multiprocessors.
TEST(Offer, SingleTellsSlicesOfOneNameApartBySize) {
  mig::Node node = testing::sevenths(1);
  mig::Gpu older = whole_gpu(1, "a100-80gb");
  cut(older, "1g.10gb", 0);
  node.gpus.push_back(older);
  const Offer offered = offer(node, with(MigStrategy::kSingle));
  EXPECT_EQ(offered.resources[0].devices.size(), 7u);
  ASSERT_EQ(offered.not_offered.size(), 1u);
  EXPECT_EQ(offered.not_offered[0].gpu, 1u);
}

TEST(Offer, OneGpusTroubleIsItsOwn) {
  for (const auto strategy : {MigStrategy::kNone, MigStrategy::kSingle, MigStrategy::kMixed}) {
    mig::Node node = testing::sevenths(2);
    node.gpus[0].problem = "the GPU is lost";
    node.gpus[0].instances.clear();
    const Offer offered = offer(node, with(strategy));
    ASSERT_EQ(offered.resources.size(), 1u);
    for (const Device& device : offered.resources[0].devices) EXPECT_EQ(device.gpu, 1u);
    EXPECT_TRUE(left_out(offered).contains("the GPU is lost"));
  }
}

TEST(Offer, AnInstanceWithoutComputeInstancesIsNamed) {
  mig::Gpu gpu = whole_gpu(0);
  cut(gpu, "3g.40gb", 0, {}, true);
  cut(gpu, "3g.40gb", 4);
  const Offer one = offer(node_of({gpu}), with(MigStrategy::kMixed));
  EXPECT_EQ(told(one), "nvidia.com/mig-3g.40gb: MIG-0-2-0");
  EXPECT_TRUE(left_out(one).starts_with("0: GPU instance 1 (3g.40gb) has no compute instance. "))
      << left_out(one);
  gpu.instances[1].compute.clear();
  const Offer both = offer(node_of({gpu}), with(MigStrategy::kSingle));
  EXPECT_EQ(told(both), "");
  EXPECT_TRUE(left_out(both).starts_with("0: GPU instances 1 (3g.40gb), 2 (3g.40gb) have no"));
}

TEST(Offer, ReplicasAreSideBySideAndMayBeRenamed) {
  PluginConfig config = with(MigStrategy::kMixed);
  config.sharing = {SharingKind::kTimeSlicing, false, true, {{"nvidia.com/mig-1g.10gb", 2}}};
  const Offer offered = offer(varied_node(), config);
  const Resource& shared = offered.resources[2];
  EXPECT_EQ(shared.name, "nvidia.com/mig-1g.10gb");
  ASSERT_EQ(shared.devices.size(), 4u);
  EXPECT_EQ(shared.devices[0].id, "MIG-1-3-0::0");
  EXPECT_EQ(shared.devices[1].id, "MIG-1-3-0::1");
  EXPECT_EQ(shared.devices[1].uuid, "MIG-1-3-0");
  EXPECT_EQ(shared.replicas, 2u);
  EXPECT_TRUE(shared.one_at_a_time);
  EXPECT_EQ(shared.sharing, SharingKind::kTimeSlicing);
  const Resource& alone = offered.resources[3];
  EXPECT_EQ(alone.replicas, 1u);
  EXPECT_FALSE(alone.one_at_a_time);
  EXPECT_EQ(alone.sharing, SharingKind::kNone);
  config.sharing.rename_by_default = true;
  const Offer renamed = offer(varied_node(), config);
  EXPECT_EQ(renamed.resources[2].name, "nvidia.com/mig-1g.10gb.me");  // by name
  EXPECT_EQ(renamed.resources[3].name, "nvidia.com/mig-1g.10gb.shared");
  EXPECT_EQ(renamed.resources[3].socket, "nvidia-mig-1g.10gb.shared.sock");
}

TEST(Offer, SlicesMayBeSharedByMps) {
  PluginConfig config = with(MigStrategy::kMixed);
  config.sharing = {SharingKind::kMps, false, true, {{"nvidia.com/mig-1g.10gb", 3}}};
  const Offer offered = offer(testing::sevenths(1), config);
  ASSERT_EQ(offered.resources.size(), 1u);
  EXPECT_EQ(offered.resources[0].devices.size(), 21u);
  EXPECT_EQ(offered.resources[0].sharing, SharingKind::kMps);
}

TEST(Offer, ANameThatKubernetesRefusesIsLeftOutAndTheRestStays) {
  const std::vector<std::string> bad = {
      std::string(49, '1') + "g",  // nvidia.com/mig- and 50 make 65
      "1G.10GB",
      "1g..10gb",
      "1g.10gb-",
      "1g/10gb",
      "1g.10gb+",
      "1g.-10gb",
      "1g\n"};
  for (const std::string& name : bad) {
    mig::Node node = testing::sevenths(1);
    node.gpus[0].instances[2].compute[0].name = name;
    node.gpus[0].instances[3].compute[0].name = name;
    const Offer offered = offer(node, with(MigStrategy::kMixed));
    ASSERT_EQ(offered.resources.size(), 1u) << name;
    EXPECT_EQ(offered.resources[0].devices.size(), 5u);
    ASSERT_EQ(offered.not_offered.size(), 1u) << "said once: " << name;
    EXPECT_TRUE(offered.not_offered[0].reason.contains("63 characters"));
    EXPECT_FALSE(offered.not_offered[0].reason.contains('\n'));
  }
}

TEST(Offer, AProfileWithoutANameHasNoResource) {
  mig::Node node = testing::sevenths(1);
  node.gpus[0].instances[0].compute[0].name.clear();
  const Offer offered = offer(node, with(MigStrategy::kMixed));
  EXPECT_EQ(offered.resources.at(0).devices.size(), 6u);
  EXPECT_TRUE(left_out(offered).contains("device 0:0 is not known")) << left_out(offered);
}

TEST(Offer, NamesOfAllProfilesAreWhatNvidiasPluginCallsThem) {
  EXPECT_EQ(mig_resource_name("1g.10gb"), "mig-1g.10gb");
  EXPECT_EQ(mig_resource_name("1g.10gb+me"), "mig-1g.10gb.me");
  EXPECT_EQ(mig_resource_name("1g.24gb+me.all"), "mig-1g.24gb.me.all");
  EXPECT_EQ(mig_resource_name("1g.24gb-me"), "mig-1g.24gb-me");
  EXPECT_EQ(mig_resource_name("1c.3g.40gb"), "mig-1c.3g.40gb");
  // Every profile of every product, alone on its GPU, has a resource.
  for (const mig::Product& product : mig::products()) {
    for (const mig::GpuInstanceProfile& profile : product.geometry.profiles) {
      mig::Gpu gpu = whole_gpu(0, std::string(product.id).c_str());
      cut(gpu, profile, static_cast<std::uint8_t>(std::countr_zero(profile.starts)));
      const Offer offered = offer(node_of({gpu}), with(MigStrategy::kMixed));
      EXPECT_EQ(left_out(offered), "") << product.id << " " << profile.name;
      ASSERT_EQ(offered.resources.size(), 1u);
      EXPECT_EQ(offered.resources[0].devices.size(), 1u);
    }
  }
}

TEST(Offer, ANodeWithoutGpusOffersNothing) {
  const Offer offered = offer({}, with(MigStrategy::kSingle));
  EXPECT_TRUE(offered.resources.empty() && offered.not_offered.empty());
}

}  // namespace
}  // namespace septet::publish
