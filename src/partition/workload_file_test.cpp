#include "partition/workload_file.h"

#include <gtest/gtest.h>

namespace septet::partition {
namespace {

Result<std::vector<plan::Workload>> read(const char* text) {
  const auto document = TRY(parse_yaml("w.yaml", text));
  return read_workloads(document);
}

TEST(WorkloadFile, ReadsNeedsAndProfiles) {
  const auto workloads = read(
      "workloads:\n"
      "  - {name: a, replicas: 3, memory: 14GiB, compute: 30%, media: true}\n"
      "  - {name: b, profile: 3g.40gb}\n"
      "  - {name: c, sms: 24, media: {decoders: 2, optical-flow: 1}}\n");
  ASSERT_TRUE(workloads) << workloads.error().what;
  ASSERT_EQ(workloads->size(), 3u);
  EXPECT_EQ((*workloads)[0].replicas, 3u);
  EXPECT_EQ((*workloads)[0].memory_bytes, 14ull << 30);
  EXPECT_EQ((*workloads)[0].compute_percent, 30.0);
  EXPECT_EQ((*workloads)[0].media, (plan::MediaNeed{1, 1, 1}));
  EXPECT_EQ((*workloads)[1].profile, "3g.40gb");
  EXPECT_EQ((*workloads)[1].replicas, 1u);
  EXPECT_EQ((*workloads)[2].media, (plan::MediaNeed{2, 0, 1}));
}

struct WrongCase {
  const char* rule;
  const char* text;
  const char* at;    // how the complaint begins
  const char* says;  // and what is in it or in the remedy
};

TEST(WorkloadFile, EveryMistakeHasItsPlace) {
  const WrongCase cases[] = {
      {"unknown key", "workloads:\n  - {name: a, memry: 1GiB}\n", "w.yaml:2:", "memory"},
      {"unknown top key", "workload:\n  - {name: a}\n", "w.yaml:1:1", "workloads"},
      {"twice", "workloads:\n  - {name: a, sms: 1}\n  - {name: a, sms: 1}\n", "w.yaml:3:", "twice"},
      {"no needs", "workloads:\n  - {name: a}\n", "w.yaml:2:", "no profile and no needs"},
      {"media: false is no need", "workloads:\n  - {name: a, media: false}\n",
       "w.yaml:2:", "no needs"},
      {"both", "workloads:\n  - {name: a, profile: 1g.10gb, memory: 1GiB}\n",
       "w.yaml:2:", "memory as well"},
      {"no unit", "workloads:\n  - {name: a, memory: 14}\n", "w.yaml:2:", "GiB"},
      {"bad share", "workloads:\n  - {name: a, compute: 130%}\n", "w.yaml:2:", "30%"},
      {"two computes", "workloads:\n  - {name: a, sms: 1, slices: 1}\n",
       "w.yaml:2:", "more than once"},
      {"zero replicas", "workloads:\n  - {name: a, sms: 1, replicas: 0}\n",
       "w.yaml:2:", "at least 1"},
      {"huge replicas", "workloads:\n  - {name: a, sms: 1, replicas: 99999999999}\n",
       "w.yaml:2:", "replicas"},
      {"negative", "workloads:\n  - {name: a, sms: -1}\n", "w.yaml:2:", "sms"},
      {"no name", "workloads:\n  - {sms: 1}\n", "w.yaml:2:", "name"},
      {"bad name", "workloads:\n  - {name: \"a b\", sms: 1}\n", "w.yaml:2:", "name"},
      {"not a list", "workloads: 7\n", "w.yaml:1:", "list"},
      {"empty list", "workloads: []\n", "w.yaml:1:", "list"},
      {"not a map", "workloads: [3]\n", "w.yaml:1:", "map"},
      {"list as text", "workloads:\n  - {name: a, memory: [1]}\n", "w.yaml:2:", "memory"},
      {"version", "version: 2\nworkloads:\n  - {name: a, sms: 1}\n", "w.yaml:1:", "version"},
  };
  for (const WrongCase& row : cases) {
    const auto workloads = read(row.text);
    ASSERT_FALSE(workloads) << row.rule;
    EXPECT_EQ(workloads.error().code, Code::kInvalidArgument) << row.rule;
    EXPECT_TRUE(workloads.error().what.starts_with(row.at))
        << row.rule << ": " << workloads.error().what;
    EXPECT_NE(workloads.error().describe().find(row.says), std::string::npos)
        << row.rule << ": " << workloads.error().describe();
  }
}

}  // namespace
}  // namespace septet::partition
