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

TEST(WorkloadFile, ReadsWhatWasMeasured) {
  const auto workloads = read(
      "workloads:\n"
      "  - name: a\n"
      "    rate: 353/s\n"
      "    latency: 0.4s\n"
      "    latency-share: 45%\n"
      "    measured:\n"
      "      product: a100-80gb\n"
      "      fill-in: false\n"
      "      rows:\n"
      "        - {profile: 1g.10gb, batch: 8, processes: 2, throughput: 370.6, latency: 43ms}\n"
      "        - {profile: 7g.80gb, throughput: 200}\n"
      "        - {profile: 2g.20gb, batch: 64, throughput: 0}\n");
  ASSERT_TRUE(workloads) << workloads.error().what;
  const plan::Workload& a = workloads->front();
  ASSERT_TRUE(a.objective);
  EXPECT_EQ(a.objective->per_second, 353.0);
  EXPECT_EQ(a.objective->latency_ms, 400.0);
  EXPECT_EQ(a.objective->latency_share, 0.45);
  ASSERT_EQ(a.measured.size(), 1u);
  EXPECT_FALSE(a.measured[0].fill_in);
  ASSERT_EQ(a.measured[0].rows.size(), 3u);
  EXPECT_EQ(a.measured[0].rows[0].processes, 2u);
  EXPECT_EQ(a.measured[0].rows[0].latency_ms, 43.0);
  EXPECT_EQ(a.measured[0].rows[1].latency_ms, 5.0);  // one item at 200 per second
  EXPECT_EQ(a.measured[0].rows[2].per_second, 0.0);
}

TEST(WorkloadFile, EveryMistakeInMeasurementsHasItsPlace) {
  const std::string rows = "rows: [{profile: 1g.10gb, throughput: 5}]";
  const auto entry = [](const std::string& keys) {
    return "workloads:\n  - name: a\n    " + keys + "\n";
  };
  const std::string good = "measured: {product: a100-80gb, " + rows + "}";
  const std::pair<std::string, const char*> cases[] = {
      {entry("rate: 5\n    memory: 1GiB"), "w.yaml:3:11: rate without measured"},
      {entry(good), "w.yaml:3:15: a is measured but has no rate"},
      {entry("rate: 0\n    " + good), "w.yaml:3:11: rate"},
      {entry("rate: 5\n    latency: 40\n    " + good), "w.yaml:4:14: latency"},
      {entry("rate: 5\n    latency-share: 45%\n    " + good), "w.yaml:4:20: latency-share"},
      {entry("rate: 5\n    replicas: 2\n    " + good), "w.yaml:4:15: a has a rate"},
      {entry("rate: 5\n    profile: 1g.10gb\n    " + good), "w.yaml:3:11: a names a profile"},
      {entry("rate: 5\n    measured: {" + rows + "}"), "w.yaml:4:15: measured does not say"},
      {entry("rate: 5\n    measured: {product: a100}"), "w.yaml:4:25: product"},
      {entry("rate: 5\n    measured: {product: a100-80gb}"), "w.yaml:4:15: measured wants"},
      {entry("rate: 5\n    measured: {product: a100-80gb, rows: []}"), "w.yaml:4:42: rows"},
      {entry("rate: 5\n    measured: {product: a100-80gb, rows: [{profile: 1g.10gb}]}"),
       "w.yaml:4:43: this measurement has no throughput"},
      {entry("rate: 5\n    measured: {product: a100-80gb, rows: [{profile: 6g, throughput: 1}]}"),
       "w.yaml:4:53"},
      {entry("rate: 5\n    measured: {product: a100-80gb, file: nowhere.csv}"), "w.yaml:4:42"},
      {entry("rate: 5\n    measured: [" + good.substr(10) + ", " + good.substr(10) + "]"),
       "w.yaml:4:"},
      {entry("rate: 5\n    measured: []"), "w.yaml:4:15: measured is an empty list"},
      {entry("rate: 5\n    measurd: {}"), "w.yaml:4:5"},
  };
  for (const auto& [text, at] : cases) {
    const auto workloads = read(text.c_str());
    ASSERT_FALSE(workloads) << text;
    EXPECT_EQ(
        workloads.error().code == Code::kNotFound ? Code::kInvalidArgument : workloads.error().code,
        Code::kInvalidArgument);
    EXPECT_TRUE(workloads.error().what.starts_with(at)) << workloads.error().what << "\n" << text;
  }
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
