#include "partition/journal_cut.h"

#include <gtest/gtest.h>

#include "partition/testing/scratch_journal.h"

namespace septet::partition {
namespace {

plan::GpuCut sample() {
  plan::GpuCut cut{2, "GPU-1", mig::MigMode::kOn, mig::MigMode::kOff, {}};
  plan::InstanceCut whole{9, "3g.40gb", {4, 4}, {{2, "3g.40gb", mig::Placement{0, 3}, "MIG-1"}}};
  plan::InstanceCut open{14, "2g.20gb", {0, 2}, {{1, "2g.20gb", {}, ""}}};
  cut.instances = {open, whole};
  return cut;
}

TEST(JournalCut, ComesBackAsItWas) {
  for (const mig::MigMode mode :
       {mig::MigMode::kOn, mig::MigMode::kOff, mig::MigMode::kUnsupported}) {
    plan::GpuCut cut = sample();
    cut.pending = mode;
    const auto read = parse_cut(cut_text(cut));
    ASSERT_TRUE(read) << read.error().describe();
    EXPECT_EQ(*read, cut);
  }
}

// Every byte of the text replaced and every prefix of it: the reader answers, and what it takes is
// a value that it would write the same way.
TEST(JournalCut, DamageIsRefusedOrHarmless) {
  const std::string text = cut_text(sample());
  int refused = 0, taken = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(parse_cut(text.substr(0, i))) << i;
    for (const char c : {'\0', ' ', '"', '}', '9', '-', 'x', '\xff'}) {
      std::string damaged = text;
      damaged[i] = c;
      const auto read = parse_cut(damaged);
      if (!read) {
        EXPECT_EQ(read.error().code, Code::kInvalidArgument);
        ++refused;
        continue;
      }
      const auto again = parse_cut(cut_text(*read));
      ASSERT_TRUE(again) << damaged;
      EXPECT_EQ(*again, *read);
      ++taken;
    }
  }
  std::printf("  damaged texts refused: %d, still whole: %d\n", refused, taken);
  EXPECT_GT(refused, taken);
}

TEST(JournalCut, WhatNoDriverCanHoldIsRefused) {
  const auto refuses = [](const char* from, const char* to) {
    std::string text = cut_text(sample());
    text.replace(text.find(from), std::string(from).size(), to);
    return !parse_cut(text);
  };
  EXPECT_TRUE(refuses(R"("mig_mode":"on")", R"("mig_mode":"off")"));  // instances without MIG
  EXPECT_TRUE(refuses(R"("start":4,"size":4)", R"("start":14,"size":4)"));
  EXPECT_TRUE(refuses(R"("start":4,"size":4)", R"("start":4,"size":0)"));
  EXPECT_TRUE(refuses(R"("gpu":2)", R"("gpu":-2)"));
  EXPECT_TRUE(refuses(R"("gpu":2)", R"("gpu":2,"more":1)"));
  EXPECT_TRUE(refuses(R"("profile_id":14)", R"("profile_id":4294967296)"));
}

TEST(JournalCut, GpusAreFoundByUuidWhereverTheyAre) {
  mig::Node node;
  node.gpus.resize(3);
  node.gpus[0].uuid = "GPU-0";
  node.gpus[1].uuid = "GPU-1";
  node.gpus[1].index = 1;
  node.gpus[2].uuid = "GPU-2";
  node.gpus[2].index = 2;
  node.gpus[2].problem = "fell off the bus";
  plan::GpuCut gone = sample(), lost = sample();
  gone.uuid = "GPU-9";
  lost.uuid = "GPU-2";
  const Located located = locate({sample(), gone, lost}, node);
  ASSERT_EQ(located.cuts.size(), 1u);
  EXPECT_EQ(located.cuts[0].gpu, 1u);
  EXPECT_EQ(located.missing, std::vector<std::string>{"GPU-9"});
  EXPECT_EQ(located.unreadable, std::vector<std::string>{"GPU 2: fell off the bus"});
}

// NVML answers "GPU is lost" to the question for its UUID, too.
TEST(JournalCut, NoGpuIsCalledMissingWhileOneIsThereThatCannotTellItsName) {
  mig::Node node;
  node.gpus.resize(1);
  node.gpus[0].problem = "GPU is lost";
  const Located located = locate({sample()}, node);
  EXPECT_TRUE(located.missing.empty());
  ASSERT_EQ(located.unreadable.size(), 1u);
  EXPECT_NE(located.unreadable[0].find("may be GPU 0"), std::string::npos) << located.unreadable[0];
}

}  // namespace
}  // namespace septet::partition
