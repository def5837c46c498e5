#include "publish/labels.h"

#include <gtest/gtest.h>

#include <algorithm>

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

Labels labels_of(const mig::Node& node, const PluginConfig& config,
                 const LabelContext& context = {}) {
  return labels(node, config, offer(node, config), context);
}

// The lines of the labels file that begin with `prefix`.
std::string lines(const Labels& labels, std::string_view prefix) {
  Labels some;
  for (const auto& [name, value] : labels)
    if (name.starts_with(prefix)) some[name] = value;
  return label_file_text(some);
}

mig::Node node_of(std::vector<mig::Gpu> gpus) {
  mig::Node node;
  node.driver_version = "550.163.01";
  node.cuda_version = 12040;
  node.gpus = std::move(gpus);
  return node;
}

TEST(Labels, AllOfGpuFeatureDiscoverysOfAWholeGpu) {
  const Labels all = labels_of(node_of({whole_gpu(0), whole_gpu(1)}), with(MigStrategy::kNone),
                               {"DGX  H100 (rev. 2)\n", 1719400000});
  EXPECT_EQ(label_file_text(all),
            "nvidia.com/cuda.driver-version.full=550.163.01\n"
            "nvidia.com/cuda.driver-version.major=550\n"
            "nvidia.com/cuda.driver-version.minor=163\n"
            "nvidia.com/cuda.driver-version.revision=01\n"
            "nvidia.com/cuda.driver.major=550\n"
            "nvidia.com/cuda.driver.minor=163\n"
            "nvidia.com/cuda.driver.rev=01\n"
            "nvidia.com/cuda.runtime-version.full=12.4\n"
            "nvidia.com/cuda.runtime-version.major=12\n"
            "nvidia.com/cuda.runtime-version.minor=4\n"
            "nvidia.com/cuda.runtime.major=12\n"
            "nvidia.com/cuda.runtime.minor=4\n"
            "nvidia.com/gfd.timestamp=1719400000\n"
            "nvidia.com/gpu.compute.major=9\n"
            "nvidia.com/gpu.compute.minor=0\n"
            "nvidia.com/gpu.count=2\n"
            "nvidia.com/gpu.family=hopper\n"
            "nvidia.com/gpu.machine=DGX-H100-rev.-2\n"
            "nvidia.com/gpu.memory=81559\n"
            "nvidia.com/gpu.mode=compute\n"
            "nvidia.com/gpu.product=NVIDIA-H100-80GB-HBM3\n"
            "nvidia.com/gpu.replicas=1\n"
            "nvidia.com/gpu.sharing-strategy=none\n"
            "nvidia.com/mig.capable=true\n"
            "nvidia.com/mps.capable=false\n");
}

TEST(Labels, SingleDescribesTheSlice) {
  const Labels all = labels_of(testing::sevenths(2), with(MigStrategy::kSingle));
  EXPECT_EQ(lines(all, "nvidia.com/gpu."),
            "nvidia.com/gpu.compute.major=9\n"
            "nvidia.com/gpu.compute.minor=0\n"
            "nvidia.com/gpu.count=14\n"
            "nvidia.com/gpu.engines.copy=1\n"
            "nvidia.com/gpu.engines.decoder=1\n"
            "nvidia.com/gpu.engines.encoder=0\n"
            "nvidia.com/gpu.engines.jpeg=1\n"
            "nvidia.com/gpu.engines.ofa=0\n"
            "nvidia.com/gpu.family=hopper\n"
            "nvidia.com/gpu.machine=unknown\n"
            "nvidia.com/gpu.memory=9984\n"
            "nvidia.com/gpu.mode=compute\n"
            "nvidia.com/gpu.multiprocessors=16\n"
            "nvidia.com/gpu.product=NVIDIA-H100-80GB-HBM3-MIG-1g.10gb\n"
            "nvidia.com/gpu.replicas=1\n"
            "nvidia.com/gpu.sharing-strategy=none\n"
            "nvidia.com/gpu.slices.ci=1\n"
            "nvidia.com/gpu.slices.gi=1\n");
  EXPECT_EQ(all.at("nvidia.com/mig.strategy"), "single");
  EXPECT_FALSE(all.contains("septet.dev/not-offered"));
  const Labels whole = labels_of(node_of({whole_gpu(0)}), with(MigStrategy::kSingle));
  EXPECT_EQ(whole.at("nvidia.com/gpu.product"), "NVIDIA-H100-80GB-HBM3");
  EXPECT_EQ(whole.at("nvidia.com/mig.strategy"), "single");
}

// The driver may not answer: the tables know the same.
TEST(Labels, WithoutTheDriversAnswersTheTablesTell) {
  mig::Node node = testing::sevenths(1);
  const Labels told = labels_of(node, with(MigStrategy::kSingle));
  node.gpus[0].compute_capability.reset();
  for (mig::GpuInstance& instance : node.gpus[0].instances)
    for (mig::ComputeInstance& compute : instance.compute) compute.attributes.reset();
  EXPECT_EQ(labels_of(node, with(MigStrategy::kSingle)), told);
}

TEST(Labels, InvalidUnderSingleSaysWhatIsServed) {
  mig::Node node = testing::sevenths(2);
  cut(node.gpus.emplace_back(whole_gpu(2)), "3g.40gb", 0);
  node.gpus.push_back(whole_gpu(3));
  const Labels slices = labels_of(node, with(MigStrategy::kSingle));
  EXPECT_EQ(slices.at("nvidia.com/gpu.product"), "NVIDIA-H100-80GB-HBM3-MIG-INVALID");
  EXPECT_EQ(slices.at("nvidia.com/gpu.count"), "14");
  EXPECT_EQ(slices.at("nvidia.com/gpu.memory"), "9984");
  EXPECT_EQ(slices.at("septet.dev/not-offered"), "2");
  mig::Node mostly_whole = node_of({whole_gpu(0), whole_gpu(1), whole_gpu(2)});
  cut(mostly_whole.gpus[2], "3g.40gb", 0);
  const Labels whole = labels_of(mostly_whole, with(MigStrategy::kSingle));
  EXPECT_EQ(whole.at("nvidia.com/gpu.product"), "NVIDIA-H100-80GB-HBM3-MIG-INVALID");
  EXPECT_EQ(whole.at("nvidia.com/gpu.count"), "2");
  EXPECT_EQ(whole.at("nvidia.com/gpu.memory"), "81559");
  mig::Node empty = node_of({whole_gpu(0)});
  empty.gpus[0].mode = mig::MigMode::kOn;
  const Labels nothing = labels_of(empty, with(MigStrategy::kSingle));
  EXPECT_EQ(nothing.at("nvidia.com/gpu.product"), "NVIDIA-H100-80GB-HBM3-MIG-INVALID");
  for (const char* const name : {"count", "replicas", "memory"})
    EXPECT_EQ(nothing.at("nvidia.com/gpu." + std::string(name)), "0");
  EXPECT_EQ(nothing.at("nvidia.com/gpu.sharing-strategy"), "");
}

TEST(Labels, MixedDescribesEachProfileAndCountsAllGpus) {
  mig::Node node = node_of({whole_gpu(0), whole_gpu(1)});
  cut(node.gpus[1], "3g.40gb", 4, {1, 2});
  cut(node.gpus[1], "1g.10gb+me", 0);
  const Labels all = labels_of(node, with(MigStrategy::kMixed));
  EXPECT_EQ(all.at("nvidia.com/gpu.count"), "2");
  EXPECT_EQ(all.at("nvidia.com/gpu.replicas"), "1");
  EXPECT_EQ(all.at("nvidia.com/mig.strategy"), "mixed");
  EXPECT_EQ(lines(all, "nvidia.com/mig-1c.3g.40gb."),
            "nvidia.com/mig-1c.3g.40gb.count=1\n"
            "nvidia.com/mig-1c.3g.40gb.engines.copy=3\n"
            "nvidia.com/mig-1c.3g.40gb.engines.decoder=3\n"
            "nvidia.com/mig-1c.3g.40gb.engines.encoder=0\n"
            "nvidia.com/mig-1c.3g.40gb.engines.jpeg=3\n"
            "nvidia.com/mig-1c.3g.40gb.engines.ofa=0\n"
            "nvidia.com/mig-1c.3g.40gb.memory=40448\n"
            "nvidia.com/mig-1c.3g.40gb.multiprocessors=16\n"
            "nvidia.com/mig-1c.3g.40gb.product=NVIDIA-H100-80GB-HBM3-MIG-1c.3g.40gb\n"
            "nvidia.com/mig-1c.3g.40gb.replicas=1\n"
            "nvidia.com/mig-1c.3g.40gb.sharing-strategy=none\n"
            "nvidia.com/mig-1c.3g.40gb.slices.ci=1\n"
            "nvidia.com/mig-1c.3g.40gb.slices.gi=3\n");
  EXPECT_EQ(all.at("nvidia.com/mig-2c.3g.40gb.slices.ci"), "2");
  EXPECT_EQ(all.at("nvidia.com/mig-1g.10gb.me.engines.ofa"), "1");
  EXPECT_EQ(all.at("nvidia.com/mig-1g.10gb.me.product"), "NVIDIA-H100-80GB-HBM3-MIG-1g.10gbme");
  node.gpus.erase(node.gpus.begin());
  const Labels cut_only = labels_of(node, with(MigStrategy::kMixed));
  EXPECT_EQ(cut_only.at("nvidia.com/gpu.replicas"), "0");  // told without sharing
  node.gpus[0].instances[1].compute[0].name = "1G\n=";     // not offered, not labelled
  EXPECT_EQ(lines(labels_of(node, with(MigStrategy::kMixed)), "nvidia.com/mig-1G"), "");
}

TEST(Labels, SharingShows) {
  PluginConfig config = with(MigStrategy::kMixed);
  mig::Node node = testing::sevenths(1);
  node.gpus.push_back(whole_gpu(1));
  config.sharing = {SharingKind::kTimeSlicing,
                    false,
                    false,
                    {{"nvidia.com/mig-1g.10gb", 4}, {"nvidia.com/gpu", 2}}};
  Labels all = labels_of(node, config);
  EXPECT_EQ(all.at("nvidia.com/mig-1g.10gb.product"), "NVIDIA-H100-80GB-HBM3-MIG-1g.10gb-SHARED");
  EXPECT_EQ(all.at("nvidia.com/mig-1g.10gb.count"), "7");
  EXPECT_EQ(all.at("nvidia.com/mig-1g.10gb.replicas"), "4");
  EXPECT_EQ(all.at("nvidia.com/mig-1g.10gb.sharing-strategy"), "time-slicing");
  EXPECT_EQ(all.at("nvidia.com/gpu.product"), "NVIDIA-H100-80GB-HBM3-SHARED");
  EXPECT_EQ(all.at("nvidia.com/gpu.replicas"), "2");
  config.sharing.rename_by_default = true;
  config.sharing.kind = SharingKind::kMps;
  all = labels_of(node, config);
  EXPECT_EQ(all.at("nvidia.com/mig-1g.10gb.product"), "NVIDIA-H100-80GB-HBM3-MIG-1g.10gb");
  EXPECT_EQ(all.at("nvidia.com/mig-1g.10gb.sharing-strategy"), "mps");
  EXPECT_EQ(all.at("nvidia.com/mps.capable"), "true");
}

TEST(Labels, FamiliesByComputeCapability) {
  const std::vector<std::pair<mig::ComputeCapability, const char*>> rows = {
      {{7, 0}, "volta"},        {{7, 5}, "turing"},     {{8, 0}, "ampere"},
      {{8, 9}, "ada-lovelace"}, {{9, 0}, "hopper"},     {{10, 0}, "blackwell"},
      {{10, 3}, "blackwell"},   {{12, 0}, "blackwell"}, {{99, 0}, "undefined"}};
  for (const auto& [capability, family] : rows) {
    mig::Node node = node_of({whole_gpu(0)});
    node.gpus[0].compute_capability = capability;
    EXPECT_EQ(labels_of(node, with(MigStrategy::kNone)).at("nvidia.com/gpu.family"), family);
  }
}

TEST(Labels, ModeCliqueAndGuestOfTheWholeNode) {
  mig::Node node = node_of({whole_gpu(0), whole_gpu(1)});
  const auto value = [&node](const char* name) {
    const Labels all = labels_of(node, with(MigStrategy::kNone));
    const auto found = all.find(name);
    return found == all.end() ? std::string("-") : found->second;
  };
  EXPECT_EQ(value("nvidia.com/gpu.clique"), "-");
  EXPECT_EQ(value("nvidia.com/vgpu.present"), "-");  // the driver would not say
  node.gpus[0].virtualization = mig::Virtualization::kNone;
  EXPECT_EQ(value("nvidia.com/vgpu.present"), "-");
  node.gpus[1].virtualization = mig::Virtualization::kPassthrough;
  EXPECT_EQ(value("nvidia.com/vgpu.present"), "false");
  node.gpus[0].fabric_clique = "79c62632-04cc-574b-af7b-cb2e307120d8.7";
  EXPECT_EQ(value("nvidia.com/gpu.clique"), "79c62632-04cc-574b-af7b-cb2e307120d8.7");
  node.gpus[1].fabric_clique = "79c62632-04cc-574b-af7b-cb2e307120d8.8";
  EXPECT_EQ(value("nvidia.com/gpu.clique"), "-");
  node.gpus[1].pci_class = 0x0300;
  EXPECT_EQ(value("nvidia.com/gpu.mode"), "unknown");
  node.gpus[0].pci_class = 0x0300;
  EXPECT_EQ(value("nvidia.com/gpu.mode"), "graphics");
  node.gpus[0].pci_class.reset();
  EXPECT_EQ(value("nvidia.com/gpu.mode"), "unknown");
  node.gpus[0].virtualization = mig::Virtualization::kVgpu;
  EXPECT_EQ(value("nvidia.com/vgpu.present"), "true");
  EXPECT_EQ(value("nvidia.com/vgpu.host-driver-version"), "-");
  node.gpus[0].vgpu_host = {"535.161.05", "r535_00"};
  EXPECT_EQ(value("nvidia.com/vgpu.host-driver-version"), "535.161.05");
  EXPECT_EQ(value("nvidia.com/vgpu.host-driver-branch"), "r535_00");
}

TEST(Labels, ALostGpuIsNotCounted) {
  mig::Node node = node_of({whole_gpu(0), whole_gpu(1)});
  node.gpus[0].problem = "lost";
  const Labels one = labels_of(node, with(MigStrategy::kNone));
  EXPECT_EQ(one.at("nvidia.com/gpu.count"), "1");
  EXPECT_EQ(one.at("septet.dev/not-offered"), "1");
  node.gpus[1].problem = "lost";
  EXPECT_EQ(label_file_text(labels_of(node, with(MigStrategy::kNone))),
            "septet.dev/not-offered=2\n");
  PluginConfig quiet;
  quiet.no_timestamp = true;
  EXPECT_EQ(label_file_text(labels_of({}, quiet, {"", 5})), "");
}

// Kubernetes: empty, or at most 63 of [A-Za-z0-9-_.] that begin and end with a letter or digit.
bool is_label_value(std::string_view value) {
  const auto word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  if (value.empty()) return true;
  return value.size() <= 63 && word(value.front()) && word(value.back()) &&
         std::ranges::all_of(
             value, [&word](char c) { return word(c) || c == '-' || c == '_' || c == '.'; });
}

TEST(Labels, ValuesAreWhatKubernetesTakesWhateverTheDriverSays) {
  const std::vector<std::string> names = {
      "",
      " ",
      "-",
      "NVIDIA\nH100=x",
      "\xff\xfe",
      std::string(300, 'a'),
      "a\tb  c",
      "../..",
      "NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition and some more"};
  for (const std::string& name : names) {
    for (const auto strategy : {MigStrategy::kNone, MigStrategy::kSingle, MigStrategy::kMixed}) {
      mig::Node node = testing::sevenths(1);
      node.driver_version = node.gpus[0].name = name;
      node.gpus[0].fabric_clique = name;
      node.gpus[0].vgpu_host = {name, name};
      PluginConfig config = with(strategy);
      config.sharing = {SharingKind::kTimeSlicing, false, false, {{"nvidia.com/mig-1g.10gb", 2}}};
      const Labels all = labels_of(node, config, {name, 1719400000});
      for (const auto& [label, value] : all)
        EXPECT_TRUE(is_label_value(value)) << label << "=" << value;
      if (strategy != MigStrategy::kMixed) continue;
      EXPECT_TRUE(all.at("nvidia.com/mig-1g.10gb.product").ends_with("MIG-1g.10gb-SHARED"));
    }
  }
  const Labels spaced = labels_of(testing::sevenths(1), {}, {"  a\tb  c \n", {}});
  EXPECT_EQ(spaced.at("nvidia.com/gpu.machine"), "a-b-c");
}

}  // namespace
}  // namespace septet::publish
