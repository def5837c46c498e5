#include "slurm/helpers_menu.h"

#include <gtest/gtest.h>

namespace septet::slurm {
namespace {

TEST(HelpersMenu, NamesAreWhatSlurmTakesForFeatures) {
  EXPECT_EQ(feature_of("halves"), "halves");
  EXPECT_EQ(feature_of("all-1g.10gb"), "all_1g.10gb");
  EXPECT_EQ(feature_of("7g"), "_7g");
  EXPECT_EQ(feature_of(".x"), "_.x");
  EXPECT_EQ(feature_of("a,b#c d"), "a_b_c_d");
}

TEST(HelpersMenu, RefusesUnequalCountsByName) {
  EXPECT_TRUE(check_menu({{"a", 2}, {"b", 2}}));
  const auto refused = check_menu({{"halves", 2}, {"small", 7}, {"other", 2}});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("halves 2, small 7, other 2"), std::string::npos);
  EXPECT_NE(refused.error().what.find("keeps the count of slurm.conf"), std::string::npos);
}

TEST(HelpersMenu, RefusesWhatIsNoMenu) {
  EXPECT_FALSE(check_menu({}));
  EXPECT_FALSE(check_menu({{"", 2}}));
  EXPECT_FALSE(check_menu({{"a", 0}, {"b", 0}}));
  const auto twins = check_menu({{"a-b", 2}, {"a_b", 2}});
  ASSERT_FALSE(twins);
  EXPECT_NE(twins.error().what.find("a_b"), std::string::npos);
}

TEST(HelpersMenu, CountsSlicesAndWholeGpus) {
  mig::Node node;
  node.gpus.resize(3);
  for (std::uint32_t index = 0; index < 3; ++index) node.gpus[index].index = index;
  node.gpus[2].mode = node.gpus[2].pending = mig::MigMode::kOn;  // on, and nothing in it
  EXPECT_EQ(count_devices(node, {}), 2U);
  plan::GpuCut halves;
  halves.gpu = 1;
  halves.mode = halves.pending = mig::MigMode::kOn;
  halves.instances.resize(2);
  halves.instances[0].compute.resize(1);
  halves.instances[1].compute.resize(3);
  EXPECT_EQ(count_devices(node, {halves}), 1U + 4U);
}

TEST(HelpersMenu, WritesBothFiles) {
  const std::vector<MenuLayout> menu{{"all-3g.40gb", 2}, {"mixed", 2}};
  const HelperFiles files{"/etc/slurm/septet-menu.yaml", "/etc/slurm/septet-reboot"};
  EXPECT_EQ(helpers_conf(menu, files, 60),
            "# written by septet slurm helpers\n"
            "Feature=all_3g.40gb Helper=/etc/slurm/septet-menu.yaml\n"
            "Feature=mixed Helper=/etc/slurm/septet-menu.yaml\n"
            "MutuallyExclusive=all_3g.40gb,mixed\nExecTime=60\nBootTime=300\n");
  EXPECT_EQ(helpers_slurm_conf(menu, files, "gn[0-3]"),
            "NodeFeaturesPlugins=node_features/helpers\nRebootProgram=/etc/slurm/septet-reboot\n"
            "GresTypes=gpu\nNodeName=gn[0-3] Gres=gpu:2 Feature=all_3g.40gb,mixed\n");
}

TEST(HelpersMenu, TheFirstLineIsOneThatEnvReadsAsWords) {
  EXPECT_EQ(first_line_for("/usr/bin/septet", "helper").value(),
            "#!/usr/bin/env -S /usr/bin/septet slurm helper\n");
  for (const char* path : {"septet", "/opt/my tools/septet", "/opt/$X/septet", "/opt/'/septet", ""})
    EXPECT_FALSE(first_line_for(path, "helper")) << path;
  EXPECT_FALSE(first_line_for("/" + std::string(300, 'x'), "helper"));
}

TEST(HelpersMenu, TakesTypesOffGresConf) {
  EXPECT_EQ(without_types("# note: Type=x\nNodeName=gn0 AutoDetect=off\n"
                          "NodeName=gn0 Name=gpu Type=3g.40gb MultipleFiles=/dev/nvidia0,/dev/x\n"
                          "NodeName=gn0 Name=gpu File=/dev/nvidia1 Type=a"),
            "# note: Type=x\nNodeName=gn0 AutoDetect=off\n"
            "NodeName=gn0 Name=gpu MultipleFiles=/dev/nvidia0,/dev/x\n"
            "NodeName=gn0 Name=gpu File=/dev/nvidia1\n");
}

TEST(HelpersMenu, StartsSlurmdAgainAsItWas) {
  using Words = std::vector<std::string>;
  struct Case {
    Words argv;
    std::string node, conf;
    Words again;
  };
  const Case cases[] = {
      {{}, "", "", {}},
      {{"slurmd"}, "", "", {"slurmd", "-b"}},
      {{"slurmd", "-D", "-s"}, "", "", {"slurmd", "-s", "-b"}},
      {{"slurmd", "-N", "gn0", "-f", "/x/slurm.conf"},
       "gn0",
       "/x/slurm.conf",
       {"slurmd", "-N", "gn0", "-f", "/x/slurm.conf", "-b"}},
      {{"slurmd", "-Dvv", "-Ngn0", "-b"}, "gn0", "", {"slurmd", "-vv", "-Ngn0", "-b"}},
      {{"slurmd", "-vDN", "bDb", "-L", "-D"},
       "bDb",
       "",
       {"slurmd", "-vN", "bDb", "-L", "-D", "-b"}},
      {{"slurmd", "-FDb", "--conf-server", "h:1"},
       "",
       "",
       {"slurmd", "-FDb", "--conf-server", "h:1", "-b"}},
      {{"slurmd", "-N"}, "", "", {"slurmd", "-N", "-b"}},
  };
  for (const Case& one : cases) {
    const SlurmdWords words = slurmd_words(one.argv);
    EXPECT_EQ(words.node, one.node);
    EXPECT_EQ(words.conf, one.conf);
    EXPECT_EQ(words.again, one.again);
  }
}

TEST(HelpersMenu, AReasonIsOneLine) {
  const Error error{Code::kBusy, "cut GPU 0: in use", "stop pid 1", 0, nullptr};
  EXPECT_EQ(reason_of(error), "septet: cut GPU 0: in use; try: stop pid 1");
}

}  // namespace
}  // namespace septet::slurm
