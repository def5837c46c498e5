#include "metrics/node_metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "metrics/power_share.h"
#include "publish/testing/cut_gpu.h"

namespace septet::metrics {
namespace {

using publish::testing::cut;
using publish::testing::whole_gpu;
using Ill = std::map<std::string, std::string>;

// Two H100: one cut into a 3g with two compute instances, a 2g and a 1g; one as a whole.
mig::Node mixed_node() {
  mig::Node node;
  node.driver_version = "550.163.01";
  node.cuda_version = 12040;
  node.simulated = true;
  mig::Gpu gpu = whole_gpu(0);
  cut(gpu, "3g.40gb", 0, {2, 1});
  cut(gpu, "2g.20gb", 4);
  cut(gpu, "1g.10gb", 6);
  gpu.power_mw = 400'000;
  gpu.sm_clock_mhz = 1980;
  gpu.usage.ecc_uncorrected = 3;
  for (mig::GpuInstance& instance : gpu.instances) {
    instance.usage.memory_used_mib = 100 * instance.id;
    instance.usage.memory_total_mib = 9984 * instance.at.size;
    instance.usage.sm_percent = 25 * instance.id;
    instance.usage.engine_percent = 30 * instance.id;
    instance.usage.memory_percent = 5;
  }
  node.gpus.push_back(std::move(gpu));
  node.gpus.push_back(whole_gpu(1));
  node.gpus[1].usage.sm_percent = 70;
  return node;
}

Snapshot snapshot_of(const mig::Node& node) {
  Snapshot snapshot;
  snapshot.version = "0.1.0";
  snapshot.host = "gn0";
  snapshot.node = &node;
  return snapshot;
}

// The sample of `name` whose labels hold all of `labels` ("a=b"); fails when it is not exactly one.
std::optional<double> sample(const Families& families, const std::string& name,
                             const std::set<std::string>& labels = {}) {
  std::optional<double> found;
  for (const prometheus::MetricFamily& family : families) {
    if (family.name != name) continue;
    for (const prometheus::ClientMetric& metric : family.metric) {
      std::set<std::string> has;
      for (const auto& label : metric.label) has.insert(label.name + "=" + label.value);
      if (!std::ranges::includes(has, labels)) continue;
      EXPECT_FALSE(found) << name << " has several such samples";
      found = family.type == prometheus::MetricType::Counter ? metric.counter.value
                                                             : metric.gauge.value;
    }
  }
  return found;
}

TEST(NodeMetrics, UnitsAndLabels) {
  const mig::Node node = mixed_node();
  Snapshot snapshot = snapshot_of(node);
  snapshot.tenants["MIG-0-2-0"] = {
      {TenantKind::kPod, "prod/chat/server", "prod", "chat", "server", {}, {}}};
  snapshot.tenants["MIG-0-3-0"] = {{TenantKind::kSlurmJob, "job 42", {}, {}, {}, "42", {}}};
  const Families families = node_metrics(snapshot);
  EXPECT_EQ(sample(families, "septet_simulated"), 1);
  EXPECT_EQ(sample(families, "septet_driver_info", {"cuda_version=12.4"}), 1);
  EXPECT_EQ(sample(families, "septet_gpu_power_watts", {"gpu=0"}), 400);
  EXPECT_EQ(sample(families, "septet_gpu_sm_clock_hertz", {"gpu=0"}), 1.98e9);
  EXPECT_EQ(sample(families, "septet_gpu_ecc_uncorrected_errors_total", {"gpu=0"}), 3);
  EXPECT_EQ(sample(families, "septet_gpu_utilization_ratio", {"gpu=1"}), 0.7);
  EXPECT_EQ(sample(families, "septet_gpu_mig_enabled", {"gpu=0"}), 1);
  EXPECT_EQ(sample(families, "septet_instance_memory_used_bytes",
                   {"gpu=0", "gpu_uuid=GPU-00000000", "gi=2", "ci=0", "mig_uuid=MIG-0-2-0",
                    "profile=2g.20gb", "placement=4:2", "namespace=prod", "pod=chat",
                    "container=server"}),
            200.0 * 1048576);
  EXPECT_EQ(sample(families, "septet_instance_sm_activity_ratio", {"gi=3", "slurm_job=42"}), 0.75);
  EXPECT_EQ(sample(families, "septet_tenant_info", {"kind=slurm-job", "mig_uuid=MIG-0-3-0"}), 1);
  EXPECT_EQ(sample(families, "septet_gpu_profile_fits", {"gpu=0", "profile=1g.10gb"}), 0);
  EXPECT_EQ(sample(families, "septet_gpu_memory_units_stranded", {"gpu=0"}), 1);
}

TEST(NodeMetrics, WhatOneInstanceHasIsToldOnce) {
  const mig::Node node = mixed_node();
  const Families families = node_metrics(snapshot_of(node));
  EXPECT_EQ(sample(families, "septet_instance_memory_used_bytes", {"gi=1"}), 100.0 * 1048576)
      << "one sample for two compute instances";
  EXPECT_FALSE(sample(families, "septet_instance_memory_used_bytes", {"gi=1", "ci=0"}));
  EXPECT_TRUE(sample(families, "septet_compute_instance_info",
                     {"gi=1", "ci=1", "mig_uuid=MIG-0-1-1", "profile=1c.3g.40gb"}));
}

TEST(NodeMetrics, UnknownIsAbsent) {
  mig::Node node = mixed_node();
  for (mig::GpuInstance& instance : node.gpus[0].instances) {
    instance.usage = {};  // as Ampere: no activity
    instance.usage.memory_used_mib = 1;
  }
  node.gpus[0].power_mw.reset();
  node.gpus[1].problem = "lost";
  node.gpus[1].usage = {};
  const Families families = node_metrics(snapshot_of(node));
  for (const auto& family : families) {
    EXPECT_NE(family.name, "septet_instance_sm_activity_ratio");
    EXPECT_NE(family.name, "septet_instance_power_estimate_watts");
    EXPECT_NE(family.name, "septet_gpu_power_watts");
    EXPECT_NE(family.name, "septet_instance_healthy") << "nobody watches";
    EXPECT_NE(family.name, "septet_gpu_xid_errors_total");
    EXPECT_NE(family.name, "septet_changes_total");
  }
  EXPECT_EQ(sample(families, "septet_instance_activity_available", {"gi=1"}), 0);
  EXPECT_EQ(sample(families, "septet_gpu_up", {"gpu=1"}), 0);
  EXPECT_EQ(sample(families, "septet_gpu_healthy", {"gpu=1"}), 0) << "what is lost is not well";
  EXPECT_FALSE(sample(families, "septet_gpu_mig_enabled", {"gpu=1"}));
  EXPECT_FALSE(sample(families, "septet_gpu_processes", {"gpu=1"}));
}

TEST(NodeMetrics, WithoutADriverItSaysSo) {
  Snapshot snapshot;
  snapshot.version = "0.1.0";
  const Families families = node_metrics(snapshot);
  EXPECT_EQ(sample(families, "septet_driver_up"), 0);
  EXPECT_EQ(families.size(), 2u);
  EXPECT_TRUE(dcgm_metrics(snapshot).empty());
}

TEST(NodeMetrics, HealthOfAGpuReachesItsInstances) {
  const mig::Node node = mixed_node();
  Snapshot snapshot = snapshot_of(node);
  snapshot.ill = Ill{{"MIG-0-1-1", "Xid 94"}};
  EXPECT_EQ(sample(node_metrics(snapshot), "septet_instance_healthy", {"gi=1"}), 0);
  EXPECT_EQ(sample(node_metrics(snapshot), "septet_instance_healthy", {"gi=2"}), 1);
  EXPECT_EQ(sample(node_metrics(snapshot), "septet_gpu_healthy", {"gpu=0"}), 1);
  snapshot.ill = Ill{{"GPU-00000000", "Xid 79"}};
  EXPECT_EQ(sample(node_metrics(snapshot), "septet_instance_healthy", {"gi=2"}), 0);
  EXPECT_EQ(sample(node_metrics(snapshot), "septet_gpu_healthy", {"gpu=0"}), 0);
  EXPECT_EQ(sample(node_metrics(snapshot), "septet_gpu_healthy", {"gpu=1"}), 1);
}

TEST(NodeMetrics, XidsOfAnInstanceAndOfItsGpu) {
  mig::Node node = mixed_node();
  XidTally xids;
  const auto event = [](std::uint64_t xid, std::optional<std::uint32_t> gi,
                        std::optional<std::uint32_t> ci = {}) {
    return driver::Event{driver::EventKind::kXid, "GPU-00000000", xid, gi, ci};
  };
  xids.happened(event(94, 1, 1), &node);
  xids.happened(event(94, 1), &node);
  xids.happened(event(79, {}), &node);
  xids.happened(event(31, 9), &node);  // an instance that is not there
  xids.happened({driver::EventKind::kDoubleBitEcc, "GPU-00000000", 0, {}, {}}, &node);
  Snapshot snapshot = snapshot_of(node);
  snapshot.xids = &xids;
  const Families families = node_metrics(snapshot);
  EXPECT_EQ(sample(families, "septet_gpu_xid_errors_total", {"xid=94"}), 2);
  EXPECT_EQ(sample(families, "septet_gpu_xid_errors_total", {"xid=79"}), 1);
  EXPECT_EQ(sample(families, "septet_gpu_xid_errors_total", {"xid=31"}), 1);
  EXPECT_EQ(sample(families, "septet_instance_xid_errors_total", {"gi=1", "xid=94"}), 2);
  EXPECT_FALSE(sample(families, "septet_instance_xid_errors_total", {"gi=2"}));
  const Families dcgm = dcgm_metrics(snapshot);
  EXPECT_EQ(sample(dcgm, "DCGM_FI_DEV_XID_ERRORS", {"GPU_I_ID=1"}), 94);
  EXPECT_EQ(sample(dcgm, "DCGM_FI_DEV_XID_ERRORS", {"gpu=1"}), 0);

  node.gpus[0].instances.erase(node.gpus[0].instances.begin());
  xids.seen(node);
  EXPECT_TRUE(xids.of("MIG-0-1-1").empty()) << "the next instance with its number begins at none";
  EXPECT_EQ(xids.of("GPU-00000000").at(94), 2u);
}

TEST(NodeMetrics, DcgmNames) {
  const mig::Node node = mixed_node();
  Snapshot snapshot = snapshot_of(node);
  snapshot.tenants["GPU-00000001"] = {
      {TenantKind::kPod, "prod/big/main", "prod", "big", "main", {}, {}}};
  const Families dcgm = dcgm_metrics(snapshot);
  EXPECT_EQ(sample(dcgm, "DCGM_FI_DEV_FB_USED",
                   {"gpu=0", "UUID=GPU-00000000", "device=nvidia0",
                    "modelName=NVIDIA H100 80GB HBM3", "GPU_I_PROFILE=2g.20gb", "GPU_I_ID=2",
                    "Hostname=gn0", "hostname=gn0", "DCGM_FI_DRIVER_VERSION=550.163.01"}),
            200);
  EXPECT_EQ(sample(dcgm, "DCGM_FI_DEV_FB_FREE", {"GPU_I_ID=2"}), 9984 * 2 - 200);
  EXPECT_EQ(sample(dcgm, "DCGM_FI_PROF_GR_ENGINE_ACTIVE", {"GPU_I_ID=2"}), 0.6);
  EXPECT_EQ(sample(dcgm, "DCGM_FI_PROF_DRAM_ACTIVE", {"GPU_I_ID=1"}), 0.05);
  EXPECT_EQ(sample(dcgm, "DCGM_FI_DEV_GPU_UTIL"), 70) << "of the whole GPU only";
  EXPECT_EQ(sample(dcgm, "DCGM_FI_DEV_GPU_UTIL", {"pod=big", "namespace=prod"}), 70);
  EXPECT_EQ(sample(dcgm, "DCGM_FI_DEV_POWER_USAGE"), 400);
}

TEST(NodeMetrics, Conventions) {
  const mig::Node node = mixed_node();
  Snapshot snapshot = snapshot_of(node);
  ChangeTally changes;
  changes.ended[{"apply", "done"}] = 2;
  changes.durations["apply"] = {{1, 1}, 3, 700};
  snapshot.changes = &changes;
  snapshot.history = HistoryHealth{100.0, 4096, 1, false};
  std::set<std::string> names;
  Families families = node_metrics(snapshot);
  for (const auto& family : dcgm_metrics(snapshot)) families.push_back(family);
  for (const auto& family : families) {
    EXPECT_TRUE(names.insert(family.name).second) << family.name << " stands twice";
    EXPECT_FALSE(family.help.empty()) << family.name;
    EXPECT_EQ(family.type == prometheus::MetricType::Counter, family.name.ends_with("_total"))
        << family.name;
    std::set<std::string> series;
    for (const auto& metric : family.metric) {
      std::string key;
      std::set<std::string> labels;
      for (const auto& label : metric.label) {
        EXPECT_TRUE(labels.insert(label.name).second) << family.name << ": " << label.name;
        key += label.name + "=" + label.value + ",";
      }
      EXPECT_TRUE(series.insert(key).second) << family.name << " " << key << " stands twice";
    }
  }
  const std::string text = metrics_text(snapshot, true);
  EXPECT_TRUE(
      text.contains("septet_change_duration_seconds_bucket{verb=\"apply\",le=\"0.25\"} 2\n"))
      << text;
  EXPECT_TRUE(
      text.contains("septet_change_duration_seconds_bucket{verb=\"apply\",le=\"+Inf\"} 3\n"));
  EXPECT_FALSE(metrics_text(snapshot, false).contains("DCGM_"));
}

TEST(NodeMetrics, HostileTextIsStillAPage) {
  mig::Node node = mixed_node();
  node.gpus[1].name = "a\"b\\c\nd\xff\xc3! \xe2\x82\xac";
  const std::string text = metrics_text(snapshot_of(node), true);
  EXPECT_TRUE(text.contains("model=\"a\\\"b\\\\c\\nd?\?! \xe2\x82\xac\"")) << text;
  EXPECT_EQ(utf8_text("\xc0\x80|\xed\xa0\x80|\xf0\x9f\x92\xa1|\xe2\x82"),
            "?\?|?\?\?|\xf0\x9f\x92\xa1|?\?");
}

TEST(PowerShare, IdleBySlicesTheRestByWork) {
  mig::Node node = mixed_node();
  mig::Gpu& gpu = node.gpus[0];
  const auto shares = power_shares_mw(gpu);
  // Idle 69 W over 7 slices; 331 W over 3x25 + 2x50 + 1x75 = 250.
  EXPECT_EQ(*shares[0], static_cast<std::uint32_t>(69000.0 * 3 / 7 + 331000.0 * 75 / 250));
  EXPECT_LE(*shares[0] + *shares[1] + *shares[2], 400'000u);
  gpu.instances[1].usage.sm_percent.reset();
  for (const auto& share : power_shares_mw(gpu)) EXPECT_FALSE(share) << "one is unknown: all are";
  for (mig::GpuInstance& instance : gpu.instances) instance.usage.sm_percent = 0;
  EXPECT_EQ(*power_shares_mw(gpu)[2], static_cast<std::uint32_t>(69000.0 / 7));
  gpu.power_mw.reset();
  EXPECT_FALSE(power_shares_mw(gpu)[0]);
}

TEST(ChangeTally, OutcomesAndDurations) {
  using partition::Ended;
  const auto change = [](const char* verb, std::optional<Ended> how, double seconds) {
    partition::ChangeRecord record;
    record.verb = verb;
    record.began_ns = 1'000'000'000;
    record.ended = how;
    if (how) record.ended_ns = record.began_ns + static_cast<std::int64_t>(seconds * 1e9);
    return record;
  };
  const ChangeTally tally =
      tally_of({change("apply", Ended::kDone, 0.1), change("apply", Ended::kDone, 0.11),
                change("apply", Ended::kRefused, 0), change("rollback 7", Ended::kRolledBack, 4000),
                change("apply", std::nullopt, 0), change("restore", Ended::kStuck, 1)});
  EXPECT_EQ(tally.ended.at({"apply", "done"}), 2u);
  EXPECT_EQ(tally.ended.at({"apply", "refused"}), 1u);
  EXPECT_EQ(tally.ended.at({"rollback", "rolled-back"}), 1u);
  EXPECT_EQ(tally.unfinished, 2u);
  EXPECT_EQ(tally.unfinished_since_ns, 1'000'000'000);
  EXPECT_EQ(tally.durations.at("apply").count, 2u) << "a refusal took nothing";
  EXPECT_EQ(tally.durations.at("apply").at_most[0], 1u) << "a bound is of its bucket";
  EXPECT_EQ(tally.durations.at("apply").at_most[1], 1u);
  EXPECT_EQ(tally.durations.at("rollback").count, 1u) << "longer than every bound";
}

}  // namespace
}  // namespace septet::metrics
