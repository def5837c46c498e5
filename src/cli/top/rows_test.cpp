#include <gtest/gtest.h>

#include "cli/top/columns.h"
#include "cli/top/rows.h"
#include "cli/top/testing/nodes.h"

namespace septet::cli::top {
namespace {

const Row& row_of(const std::vector<Row>& rows, RowKind kind) {
  const auto found = std::ranges::find(rows, kind, &Row::kind);
  EXPECT_NE(found, rows.end());
  return *found;
}

TEST(Rows, AComputeInstanceWithWhoIsInIt) {
  mig::Gpu gpu = testing::cut_gpu(3);
  mig::GpuInstance& instance = testing::add_instance(gpu, "3g.40gb", 4);
  instance.usage.sm_percent = 87;
  testing::add_process(instance, 4242, "/usr/bin/python3");
  testing::add_process(instance, 4243, "");
  const auto rows = rows_of(testing::sample_of({gpu}));
  const Row& row = row_of(rows, RowKind::kInstance);
  EXPECT_EQ(cell_text(row, Column::kGpu, 3), "3");
  EXPECT_EQ(cell_text(row, Column::kInstance, 5), "1/0");
  EXPECT_EQ(cell_text(row, Column::kPlace, 4), "4:4");
  EXPECT_EQ(cell_text(row, Column::kSm, 4), "87");
  EXPECT_EQ(cell_text(row, Column::kTenant, 40), "4242 python3, 4243");
  EXPECT_TRUE(row.words.contains("python3")) << row.words;
}

TEST(Rows, ProcessesOfAnotherComputeInstanceAreNotInThisOne) {
  mig::Gpu gpu = testing::cut_gpu(0);
  mig::GpuInstance& instance = testing::add_instance(gpu, "3g.40gb", 4);
  instance.compute.push_back(instance.compute.front());
  instance.compute[1].id = 1;
  instance.compute[1].uuid = "MIG-b";
  testing::add_process(instance, 10, "a").compute_instance = 1;
  const auto rows = rows_of(testing::sample_of({gpu}));
  EXPECT_EQ(std::ranges::count(rows, RowKind::kInstance, &Row::kind), 2);
  for (const Row& row : rows) {
    if (row.kind != RowKind::kInstance) continue;
    EXPECT_EQ(row.tenant, row.key == "MIG-b" ? "10 a" : "");
  }
}

TEST(Rows, WhatTheDriverDoesNotTellIsNotZero) {
  mig::Gpu gpu = testing::cut_gpu(0, "a100-40gb");
  mig::GpuInstance& instance = testing::add_instance(gpu, "3g.20gb", 4);
  instance.usage = {};
  Sample sample = testing::sample_of({gpu});
  sample.xids_watched = false;
  const Row row = row_of(rows_of(sample), RowKind::kInstance);
  for (const Column column : {Column::kMemory, Column::kSm, Column::kBandwidth, Column::kPower}) {
    EXPECT_EQ(cell_text(row, column, 11), "n/a") << facts_of(column).title;
  }
}

TEST(Rows, HealthKnowsWhatItCannotKnow) {
  mig::Gpu gpu = testing::cut_gpu(0);
  gpu.usage.ecc_uncorrected.reset();
  Sample sample = testing::sample_of({gpu});
  EXPECT_EQ(health_of(sample, gpu).text, "ok");
  sample.unwatched = {gpu.uuid};
  EXPECT_EQ(health_of(sample, gpu).text, "n/a");
  sample.unwatched.clear();
  sample.xids = {{gpu.uuid, std::nullopt, 63, 1}, {"GPU-other", std::nullopt, 79, 1}};
  EXPECT_EQ(health_of(sample, gpu).text, "Xid 63");
  gpu.usage.ecc_uncorrected = 2;
  EXPECT_EQ(health_of(sample, gpu).text, "ECC 2");
  gpu.problem = "GPU is lost";
  EXPECT_EQ(health_of(sample, gpu).text, "away");
}

TEST(Rows, AnXidOfOneInstanceIsNotItsNeighbours) {
  mig::Gpu gpu = testing::cut_gpu(0);
  testing::add_instance(gpu, "3g.40gb", 0);
  testing::add_instance(gpu, "3g.40gb", 4);
  Sample sample = testing::sample_of({gpu});
  sample.xids = {{gpu.uuid, gpu.instances[1].id, 94, 1}};
  EXPECT_EQ(health_of(sample, gpu, gpu.instances[0]).text, "ok");
  EXPECT_EQ(health_of(sample, gpu, gpu.instances[1]).text, "Xid 94");
  EXPECT_EQ(health_of(sample, gpu).text, "ok");
  sample.xids.push_back({gpu.uuid, std::nullopt, 79, 1});  // of the whole GPU: of all in it
  EXPECT_EQ(health_of(sample, gpu, gpu.instances[0]).text, "Xid 79");
}

TEST(Rows, AGpuThatDoesNotAnswerSaysWhyAndNothingElse) {
  mig::Gpu gpu = testing::cut_gpu(0);
  gpu.problem = "open GPU 0: GPU is lost";
  const auto rows = rows_of(testing::sample_of({gpu}));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].kind, RowKind::kUnreadable);
  EXPECT_EQ(rows[0].tenant, *gpu.problem);
  EXPECT_EQ(cell_text(rows[0], Column::kMemory, 11), "");
}

TEST(Rows, WithoutMigTheGpuIsTheRow) {
  mig::Gpu gpu = testing::cut_gpu(0);
  gpu.mode = mig::MigMode::kOff;
  mig::Process process;
  process.pid = 7;
  process.name = "train";
  gpu.processes.push_back(process);
  const auto rows = rows_of(testing::sample_of({gpu}));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].tenant, "7 train");
  EXPECT_EQ(cell_text(rows[0], Column::kPower, 5), "300W");  // measured: not an estimate
  EXPECT_EQ(rows[0].profile, "H100 80GB HBM3");
}

TEST(Rows, AGpuInstanceWithoutComputeInstancesIsThere) {
  mig::Gpu gpu = testing::cut_gpu(0);
  testing::add_instance(gpu, "3g.40gb", 4).compute.clear();
  const Row row = row_of(rows_of(testing::sample_of({gpu})), RowKind::kNoCompute);
  EXPECT_EQ(cell_text(row, Column::kInstance, 5), "1/-");
  EXPECT_EQ(row.tenant, "no compute instance");
}

TEST(Rows, FreePlacesSayWhatFitsAndStrandedOnesThatNothingDoes) {
  mig::Gpu gpu = testing::cut_gpu(0);
  testing::add_instance(gpu, "4g.40gb", 0);
  testing::add_instance(gpu, "1g.10gb", 6);
  const auto rows = rows_of(testing::sample_of({gpu}));
  const Row& free = row_of(rows, RowKind::kFree);
  EXPECT_EQ(cell_text(free, Column::kPlace, 4), "4:2");
  EXPECT_EQ(free.tenant, "fits 2g.20gb");
  EXPECT_EQ(cell_text(row_of(rows, RowKind::kStranded), Column::kPlace, 4), "7:1");
}

TEST(Columns, EveryOneIsFoundByItsWord) {
  for (const ColumnFacts& facts : columns()) {
    EXPECT_EQ(column_named(facts.word), facts.column);
    EXPECT_EQ(facts_of(facts.column).title, facts.title);
  }
  EXPECT_EQ(column_named("colour"), std::nullopt);
}

TEST(Columns, ALongProfileKeepsWhatTellsItApart) {
  Row row;
  row.profile = "2g.48gb+me.all";
  EXPECT_EQ(cell_text(row, Column::kProfile, 11), "2g+me.all");
  EXPECT_EQ(cell_text(row, Column::kProfile, 14), "2g.48gb+me.all");
  row.profile = "1c.3g.40gb+me";
  EXPECT_EQ(cell_text(row, Column::kProfile, 11), "1c.3g+me");
}

TEST(Columns, UnknownStandsLastWhicheverWayRound) {
  Row idle, busy, unknown;
  idle.sm_percent = 0;
  busy.sm_percent = 90;
  for (const bool reverse : {false, true}) {
    EXPECT_TRUE(before(idle, unknown, Column::kSm, reverse));
    EXPECT_TRUE(before(busy, unknown, Column::kSm, reverse));
    EXPECT_FALSE(before(unknown, idle, Column::kSm, reverse));
    EXPECT_EQ(before(idle, busy, Column::kSm, reverse), !reverse);
  }
}

}  // namespace
}  // namespace septet::cli::top
