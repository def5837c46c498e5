#include "publish/slurm.h"

#include <gtest/gtest.h>

#include "mig/identity.h"
#include "publish/hostlist.h"
#include "publish/slurm_conf_file.h"
#include "publish/slurm_lint.h"
#include "publish/testing/cut_gpu.h"

namespace septet::publish {
namespace {

using testing::cut;
using testing::whole_gpu;

CapabilityMinors minors() {
  CapabilityMinors table;
  for (unsigned gpu = 0; gpu < 8; ++gpu)
    for (unsigned gi = 0; gi < 15; ++gi) {
      const std::string base = "gpu" + std::to_string(gpu) + "/gi" + std::to_string(gi);
      table[base + "/access"] = mig::gpu_instance_cap_minor(gpu, gi);
      for (unsigned ci = 0; ci < 8; ++ci)
        table[base + "/ci" + std::to_string(ci) + "/access"] =
            mig::compute_instance_cap_minor(gpu, gi, ci);
    }
  return table;
}

mig::Node two_halves() {
  mig::Node node;
  mig::Gpu gpu = whole_gpu(0);
  cut(gpu, "3g.40gb", 4);  // instance 1: caps 12 and 13
  cut(gpu, "4g.40gb", 0);  // instance 2: caps 21 and 22
  node.gpus.push_back(std::move(gpu));
  return node;
}

TEST(SlurmDevices, AreListedByPlaceWithTheFilesOfTheirCapabilities) {
  const auto found = slurm_devices(two_halves(), minors());
  ASSERT_TRUE(found) << found.error().describe();
  ASSERT_EQ(found->devices.size(), 2u);
  EXPECT_EQ(found->devices[0].type, "4g.40gb");
  EXPECT_EQ(found->devices[0].detected_type, "nvidia_h100_80gb_hbm3_4g.40gb");
  EXPECT_EQ(slurm_gres(found->devices), "gpu:4g.40gb:1,gpu:3g.40gb:1");
  EXPECT_EQ(gres_conf("gn0", *found, Detection::kStatic),
            "NodeName=gn0 AutoDetect=off\n"
            "NodeName=gn0 Name=gpu Type=4g.40gb "
            "MultipleFiles=/dev/nvidia0,/dev/nvidia-caps/nvidia-cap21,/dev/nvidia-caps/"
            "nvidia-cap22\n"
            "NodeName=gn0 Name=gpu Type=3g.40gb "
            "MultipleFiles=/dev/nvidia0,/dev/nvidia-caps/nvidia-cap12,/dev/nvidia-caps/"
            "nvidia-cap13\n");
  EXPECT_EQ(gres_conf("gn0", *found, Detection::kNvml), "NodeName=gn0 AutoDetect=nvml\n");
  EXPECT_EQ(slurm_gres(found->devices, Detection::kNvml),
            "gpu:nvidia_h100_80gb_hbm3_4g.40gb:1,gpu:nvidia_h100_80gb_hbm3_3g.40gb:1");
  EXPECT_EQ(slurm_conf_lines("gn0", *found),
            "GresTypes=gpu\nNodeName=gn0 Gres=gpu:4g.40gb:1,gpu:3g.40gb:1\n");
}

TEST(SlurmDevices, OneWithoutItsCapabilityIsAnErrorNotASliceThatCannotBeOpened) {
  const auto found = slurm_devices(two_halves(), {});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::kUnavailable);
  EXPECT_NE(found.error().what.find("gpu0/gi2/access"), std::string::npos) << found.error().what;
}

TEST(SlurmDevices, WholeEmptyAndIllGpusAreToldApart) {
  mig::Node node = two_halves();
  node.gpus.push_back(whole_gpu(1));
  mig::Gpu hollow = whole_gpu(2);
  hollow.mode = mig::MigMode::kOn;
  node.gpus.push_back(std::move(hollow));
  mig::Gpu ill = whole_gpu(3);
  ill.problem = "lost";
  node.gpus.push_back(std::move(ill));
  const auto found = slurm_devices(node, minors());
  ASSERT_TRUE(found) << found.error().describe();
  EXPECT_EQ(slurm_gres(found->devices), "gpu:4g.40gb:1,gpu:3g.40gb:1,gpu:nvidia_h100_80gb_hbm3:1");
  EXPECT_EQ(found->left_out.size(), 2u);
  EXPECT_EQ(found->traps.size(), 2u);
  EXPECT_NE(gres_conf("n", *found, Detection::kStatic)
                .find("Type=nvidia_h100_80gb_hbm3 File=/dev/nvidia1\n"),
            std::string::npos);
}

TEST(SlurmDevices, MinorsAreReadStrictly) {
  const auto table = parse_capability_minors("config 1\ngpu0/gi7/access 66\n");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->at("gpu0/gi7/access"), 66u);
  for (const char* bad : {"gpu0", "gpu0 x", "gpu0 66x", " 4", "gpu0 99999999999"})
    EXPECT_FALSE(parse_capability_minors(bad)) << bad;
}

TEST(Hostlist, Table) {
  const std::pair<const char*, std::vector<std::string>> rows[] = {
      {"gn0", {"gn0"}},
      {"gn[0-2,07]", {"gn0", "gn1", "gn2", "gn07"}},
      {"a[08-10]b,c", {"a08b", "a09b", "a10b", "c"}},
      {"r[1-2]n[1-2]", {"r1n1", "r1n2", "r2n1", "r2n2"}},
      {"/dev/nvidia[0-1]", {"/dev/nvidia0", "/dev/nvidia1"}},
      {"", {}},
  };
  for (const auto& [text, names] : rows) {
    const auto got = expand_hostlist(text);
    ASSERT_TRUE(got) << text;
    EXPECT_EQ(*got, names) << text;
  }
  for (const char* bad : {"gn[", "gn[]", "gn[3-1]", "gn[a]", "gn]", "gn[0-99999]",
                          "a[0-999]b[0-999]", "a[1-2-3]", "[[1]]"})
    EXPECT_FALSE(expand_hostlist(bad)) << bad;
}

TEST(Gres, Table) {
  const auto got =
      parse_gres("gpu:3g.40gb:2(IDX:0,2),gres:gpu:1,lustre:4,gpu,gres/gpu:a=3,gpu:h100");
  ASSERT_TRUE(got) << got.error().describe();
  ASSERT_EQ(got->size(), 5u);
  EXPECT_EQ((*got)[0].type, "3g.40gb");
  EXPECT_EQ((*got)[0].count, 2u);
  EXPECT_EQ((*got)[1].type, "");
  EXPECT_EQ((*got)[2].count, 1u);
  EXPECT_EQ((*got)[3].type, "a");
  EXPECT_EQ((*got)[4].type, "h100");
  for (const char* bad : {":1", "gpu:a:b:1", "gpu:a:99999999999", "gpu:a:x"})
    EXPECT_FALSE(parse_gres(bad)) << bad;
}

using Files = std::map<std::string, std::string>;

ReadFile reading(const Files& files) {
  return [files](const std::string& path) -> Result<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return fail(Code::kNotFound, "there is no " + path);
    return found->second;
  };
}

TEST(SlurmConfFile, ReadsWhatSlurmReads) {
  const Files files{{"/e/slurm.conf",
                     "# comment\nClusterName=c # said\n"
                     "NODENAME=gn0 Gres=gpu:1g.10gb:7 \\\n  CPUs=4\n"
                     "include more.conf\nKey = \"a b\"\n"},
                    {"/e/more.conf", "GresTypes=gpu\n"}};
  const auto lines = read_slurm_conf("/e/slurm.conf", reading(files));
  ASSERT_TRUE(lines) << lines.error().describe();
  ASSERT_EQ(lines->size(), 4u);
  EXPECT_EQ((*lines)[0].value("clustername"), "c");
  EXPECT_EQ((*lines)[1].where(), "/e/slurm.conf:3");
  EXPECT_EQ((*lines)[1].value("cpus"), "4");
  EXPECT_EQ((*lines)[2].where(), "/e/more.conf:1");
  EXPECT_EQ((*lines)[3].where(), "/e/slurm.conf:6");
  EXPECT_EQ((*lines)[3].value("key"), "a b");
}

TEST(SlurmConfFile, HostileFilesAreErrors) {
  const Files files{{"/e/loop", "include loop\n"},
                    {"/e/words", "NodeName gn0\n"},
                    {"/e/quote", "A=\"b\n"},
                    {"/e/gone", "include nothing\n"},
                    {"/e/big", std::string(2 << 20, '#')},
                    {"/e/key", "a b=c\n"},
                    {"/e/eq", "=c\n"}};
  for (const auto& [path, text] : files) {
    const auto lines = read_slurm_conf(path, reading(files));
    EXPECT_FALSE(lines) << path;
  }
  EXPECT_FALSE(read_slurm_conf("/e/none", reading(files)));
}

// ---- lint

struct LintCase {
  const char* name;
  std::string slurm, gres;
  std::vector<std::pair<Flaw, std::string>> found;  // and where
};

const char* const kGood = "GresTypes=gpu\nNodeName=gn[0-3] Gres=gpu:4g.40gb:1,gpu:3g.40gb:1\n";
const std::string kHalf4 =
    "NodeName=gn0 Name=gpu Type=4g.40gb "
    "MultipleFiles=/dev/nvidia0,/dev/nvidia-caps/nvidia-cap[21-22]\n";
const std::string kHalf3 =
    "Name=gpu Type=3g.40gb MultipleFiles=/dev/nvidia0,/dev/nvidia-caps/nvidia-cap12,/dev/"
    "nvidia-caps/nvidia-cap13\n";

TEST(SlurmLint, Table) {
  const LintCase cases[] = {
      {"right", kGood, kHalf4 + kHalf3, {}},
      {"another node's line is not ours",
       kGood,
       kHalf4 + kHalf3 + "NodeName=gn1 Name=gpu File=/x\n",
       {}},
      {"autodetect", kGood, "AutoDetect=nvml\n", {}},
      {"wrong minor",
       kGood,
       kHalf4 +
           "Name=gpu Type=3g.40gb MultipleFiles=/dev/nvidia0,/dev/nvidia-caps/nvidia-cap[30-31]\n",
       {{Flaw::kWrongFile, "/e/gres.conf:2"}, {Flaw::kMissing, "/e/gres.conf"}}},
      {"wrong type",
       kGood,
       kHalf4 +
           "Name=gpu Type=4g.40gb MultipleFiles=/dev/nvidia0,/dev/nvidia-caps/nvidia-cap[12-13]\n",
       {{Flaw::kWrongType, "/e/gres.conf:2"}}},
      {"twice", kGood, kHalf4 + kHalf4 + kHalf3, {{Flaw::kTwice, "/e/gres.conf:2"}}},
      {"whole of a cut GPU",
       kGood,
       kHalf4 + kHalf3 + "Name=gpu Type=h100 File=/dev/nvidia0\n",
       {{Flaw::kWholeIsCut, "/e/gres.conf:3"}}},
      {"counts",
       "GresTypes=gpu\nNodeName=gn0 Gres=gpu:4g.40gb:2\n",
       kHalf4 + kHalf3,
       {{Flaw::kWrongCount, "/e/slurm.conf:2"}, {Flaw::kWrongCount, "/e/slurm.conf:2"}}},
      {"no gpu type",
       "NodeName=gn0 Gres=gpu:4g.40gb:1,gpu:3g.40gb:1\n",
       kHalf4 + kHalf3,
       {{Flaw::kNoGresType, "/e/slurm.conf"}}},
      {"no node",
       "GresTypes=gpu\nNodeName=other Gres=gpu:1\n",
       kHalf4 + kHalf3,
       {{Flaw::kNoNode, "/e/slurm.conf"}}},
      {"dynamic node", "GresTypes=gpu\nMaxNodeCount=9\n", kHalf4 + kHalf3, {}},
      {"default gres",
       "GresTypes=gpu\nNodeName=DEFAULT Gres=gpu:2\nNodeName=gn0\n",
       kHalf4 + kHalf3,
       {}},
  };
  const auto have = slurm_devices(two_halves(), minors());
  ASSERT_TRUE(have);
  for (const LintCase& one : cases) {
    const Files files{{"/e/slurm.conf", one.slurm},
                      {"/e/gres.conf", one.gres},
                      {"/e/cgroup.conf", "ConstrainDevices=yes\n"}};
    const auto found = lint_slurm({"gn0", "/e/slurm.conf"}, *have, reading(files));
    ASSERT_TRUE(found) << one.name << found.error().describe();
    std::vector<std::pair<Flaw, std::string>> told;
    for (const Finding& finding : *found) {
      told.emplace_back(finding.flaw, finding.where);
      EXPECT_TRUE(finding.error) << one.name;
      EXPECT_FALSE(finding.what.empty() || finding.remedy.empty()) << one.name;
    }
    EXPECT_EQ(told, one.found) << one.name;
  }
}

TEST(SlurmLint, EmptyMigStopsSlurmdOnlyWithAutodetect) {
  mig::Node node = two_halves();
  mig::Gpu hollow = whole_gpu(1);
  hollow.mode = mig::MigMode::kOn;
  node.gpus.push_back(std::move(hollow));
  node.gpus.push_back(whole_gpu(2));
  const auto have = slurm_devices(node, minors());
  ASSERT_TRUE(have);
  for (const bool detects : {false, true}) {
    const Files files{{"/e/slurm.conf", kGood},
                      {"/e/gres.conf", detects ? "AutoDetect=nvml\n" : kHalf4 + kHalf3}};
    const auto found = lint_slurm({"gn0", "/e/slurm.conf"}, *have, reading(files));
    ASSERT_TRUE(found);
    const auto of = [&found](Flaw flaw) { return std::ranges::find(*found, flaw, &Finding::flaw); };
    ASSERT_NE(of(Flaw::kEmptyMig), found->end());
    EXPECT_EQ(of(Flaw::kEmptyMig)->error, detects);
    EXPECT_NE(of(Flaw::kMixed), found->end());
    EXPECT_NE(of(Flaw::kUnconfined), found->end());
  }
}

}  // namespace
}  // namespace septet::publish
