#include <gtest/gtest.h>

#include "cli/top/frame.h"
#include "cli/top/testing/nodes.h"
#include "cli/top/text_columns.h"

namespace septet::cli::top {
namespace {

struct Shown {
  Frame frame;
  View view;
  std::string text;
};

Shown show(const Sample& sample, View view, Size size, bool ascii = false) {
  const auto table = table_of(rows_of(sample), view);
  view = settled(std::move(view), table, page_of(sample, view, size));
  const Picture picture{sample, "gn0", "12:03:04", 17, ascii};
  Shown shown{frame_of(picture, view, table, size), view, ""};
  shown.text = plain_text(shown.frame);
  return shown;
}

// Exactly the screen: no line is missing, none is wider.
void expect_fills(const Frame& frame, Size size) {
  ASSERT_EQ(frame.lines.size(), size.height);
  for (const Line& line : frame.lines) {
    std::string text;
    for (const Span& span : line.spans()) text += span.text;
    EXPECT_LE(fit(text, 100'000, false).columns, size.width) << text;
    EXPECT_EQ(fit(text, 100'000, false).columns, line.columns()) << text;
  }
}

bool has_style(const Frame& frame, Style style, std::string_view text) {
  for (const Line& line : frame.lines) {
    for (const Span& span : line.spans()) {
      if (span.style == style && span.text.contains(text)) return true;
    }
  }
  return false;
}

Sample two_gpus() {
  mig::Gpu first = testing::cut_gpu(0), second = testing::cut_gpu(1);
  mig::GpuInstance& busy = testing::add_instance(first, "4g.40gb", 0);
  busy.usage.memory_used_mib = *busy.usage.memory_total_mib / 2;
  busy.usage.sm_percent = 87;
  busy.usage.memory_percent = 40;
  testing::add_process(busy, 4242, "/opt/bin/python");
  testing::add_instance(first, "1g.10gb", 6);
  second.mode = second.pending = mig::MigMode::kOff;
  second.usage.sm_percent = 3;
  return testing::sample_of({first, second});
}

TEST(Frame, At80x24) {
  Sample sample = two_gpus();
  const Shown shown = show(sample, {}, {80, 24});
  expect_fills(shown.frame, {80, 24});
  const std::string head =
      " septet top  gn0  driver 580.65.06                          every 1 s  12:03:04\n"
      " 2 GPUs, 2 instances: slices 5/7 used, 2 free, 0 stranded; memory 5/8\n"
      "GPU  0 │4g.40gb 87%                        │········│········│1g.10gb │////////│\n"
      "GPU  1 NVIDIA H100 80GB HBM3, MIG off, SM 3%\n"
      "GPU GI/CI PROFILE       AT  MEMORY GiB       SM%  BW%  POWER HEALTH  TENANT\n";
  EXPECT_EQ(shown.text.substr(0, head.size()), head);
  EXPECT_TRUE(shown.text.contains("  0 1/0   4g.40gb      0:4   19.")) << shown.text;
  EXPECT_TRUE(shown.text.contains("██░░   87   40 ")) << shown.text;
  EXPECT_TRUE(shown.text.contains("4242 python\n")) << shown.text;
  EXPECT_TRUE(shown.text.contains("  1       H100 80GB …")) << shown.text;
  EXPECT_TRUE(shown.text.contains("1/3 \n") || shown.text.ends_with("1/3\n")) << shown.text;
  EXPECT_TRUE(has_style(shown.frame, Style::kSelected, "4g.40gb"));
  EXPECT_TRUE(has_style(shown.frame, Style::kStranded, "/////"));
}

TEST(Frame, TooSmallSaysWhatItNeeds) {
  for (const Size size : {Size{40, 10}, Size{59, 24}, Size{80, 11}, Size{1, 1}, Size{12, 2}}) {
    const Shown shown = show(two_gpus(), {}, size);
    expect_fills(shown.frame, size);
    EXPECT_EQ(page_of(two_gpus(), {}, size), 0u);
  }
  const Shown shown = show(two_gpus(), {}, {40, 10});
  EXPECT_TRUE(shown.text.contains("needs 60x12")) << shown.text;
  EXPECT_TRUE(shown.text.contains("this terminal is 40x10")) << shown.text;
}

TEST(Frame, EverySizeIsFilledWithEveryView) {
  const Sample samples[] = {two_gpus(), testing::full_node(64), testing::sample_of({}), Sample{}};
  for (const Sample& sample : samples) {
    for (const Size size :
         {Size{60, 12}, Size{79, 13}, Size{80, 24}, Size{120, 40}, Size{200, 60}, Size{500, 100}}) {
      for (const bool tree : {false, true}) {
        for (const Pane pane : {Pane::kTable, Pane::kDetails, Pane::kHelp}) {
          for (const bool ascii : {false, true}) {
            View view;
            view.tree = view.free_rows = tree;
            view.pane = pane;
            view.selected = "gpu 1";
            view.scrolled = tree ? 10'000 : 0;
            expect_fills(show(sample, view, size, ascii).frame, size);
          }
        }
      }
    }
  }
}

TEST(Frame, TheMapIsThereWhereThereIsRoomForIt) {
  const Sample eight = testing::full_node(8), all = testing::full_node(64);
  EXPECT_EQ(page_of(eight, {}, {80, 24}), 12u);
  EXPECT_EQ(page_of(eight, {}, {80, 16}), 12u);  // the map gave way
  EXPECT_EQ(page_of(all, {}, {200, 60}), 56u);
  View without;
  without.map = false;
  EXPECT_EQ(page_of(eight, without, {80, 24}), 20u);
}

TEST(Frame, SixtyFourGpusScroll) {
  const Sample sample = testing::full_node(64);
  View view;
  view.at = 447;
  view.selected = "";
  const Shown shown = show(sample, view, {200, 60});
  EXPECT_EQ(shown.view.first, 448u - 56u);
  EXPECT_TRUE(has_style(shown.frame, Style::kSelected, " 63 7/0"));
  EXPECT_TRUE(shown.text.contains("more: 448/448")) << shown.text.substr(shown.text.size() - 210);
}

TEST(Frame, NamesFromOutsideNeitherBreakNorCommandTheTerminal) {
  Sample sample = two_gpus();
  mig::Gpu& gpu = sample.node.gpus[0];
  gpu.instances[0].processes[0].name =
      "\x1b[2J\xff推論サーバー推論サーバー" + std::string(300, 'x');
  gpu.name = std::string(300, 'N') + "\n";
  sample.node.gpus[1].name = gpu.name;
  sample.node.driver_version = "\x1b]0;title\x07";
  sample.problem = "line\nline " + std::string(300, 'p');
  for (const bool ascii : {false, true}) {
    for (const Pane pane : {Pane::kTable, Pane::kDetails}) {
      View view;
      view.pane = pane;
      view.selected = gpu.instances[0].compute[0].uuid;
      const Shown shown = show(sample, view, {80, 24}, ascii);
      expect_fills(shown.frame, {80, 24});
      for (const char c : shown.text) {
        EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << int{c};
        if (ascii) {
          EXPECT_LT(static_cast<unsigned char>(c), 0x7f);
        }
      }
    }
  }
}

TEST(Frame, InAsciiNothingElseIsUsed) {
  for (const Pane pane : {Pane::kTable, Pane::kDetails, Pane::kHelp}) {
    View view;
    view.pane = pane;
    view.sort = Column::kProfile;
    const Shown shown = show(two_gpus(), view, {80, 24}, true);
    for (const char c : shown.text) EXPECT_LT(static_cast<unsigned char>(c), 0x7f);
  }
  const Shown shown = show(two_gpus(), {}, {80, 24}, true);
  EXPECT_TRUE(shown.text.contains("|4g.40gb 87%")) << shown.text;
  EXPECT_TRUE(shown.text.contains("##..")) << shown.text;
}

TEST(Frame, SimulatedIsSaidAloudInEverySize) {
  Sample sample = two_gpus();
  sample.node.simulated = true;
  View paused;
  paused.paused = true;
  for (const Size size : {kSmallest, Size{80, 24}, Size{200, 60}}) {
    EXPECT_TRUE(has_style(show(sample, {}, size).frame, Style::kLoud, "SIMULATED"));
    const Frame frame = show(sample, paused, size).frame;
    EXPECT_TRUE(has_style(frame, Style::kLoud, "SIMULATED"));
    EXPECT_TRUE(has_style(frame, Style::kLoud, "PAUSED"));
  }
  EXPECT_FALSE(show(two_gpus(), {}, {80, 24}).text.contains("SIMULATED"));
}

TEST(Frame, WhenTheDriverIsAwayTheLastPictureStaysFaintWithTheReason) {
  Sample sample = two_gpus();
  const std::string before = show(sample, {}, {80, 24}).text;
  sample.problem = "the driver is not loaded";
  const Shown shown = show(sample, {}, {80, 24});
  expect_fills(shown.frame, {80, 24});
  EXPECT_TRUE(shown.text.contains("NO ANSWER  for 17 s; below is how it was. the driver is not"))
      << shown.text;
  EXPECT_TRUE(shown.text.contains("4242 python"));
  for (std::size_t y = 3; y + 1 < shown.frame.lines.size(); ++y) {
    for (const Span& span : shown.frame.lines[y].spans()) EXPECT_EQ(span.style, Style::kFaint);
  }
  Sample never;
  never.problem = "no driver";
  EXPECT_TRUE(show(never, {}, {80, 24}).text.contains("NO ANSWER  no driver"));
  EXPECT_FALSE(show(never, {}, {80, 24}).text.contains("below is how it was"));
}

TEST(Frame, DetailsTellAllOfAnInstance) {
  Sample sample = two_gpus();
  mig::GpuInstance& instance = sample.node.gpus[0].instances[0];
  instance.compute[0].attributes = mig::DeviceAttributes{64, 4, 3, 0, 3, 0, 4, 4, 40'000};
  sample.xids = {{sample.node.gpus[0].uuid, instance.id, 94, 3}};
  View view;
  view.pane = Pane::kDetails;
  view.selected = instance.compute[0].uuid;
  const Shown shown = show(sample, view, {100, 50});
  for (const char* said :
       {"MIG-00000000-0000", "memory units 0 to 3", "SMs           64",
        "4 copy, 3 decode, 0 encode", "SM 87 %, memory 40 %", "4242 python", "/opt/bin/python",
        "Xid 94", "3 times", "2g.20gb       1 more, at 4", "stranded"}) {
    EXPECT_TRUE(shown.text.contains(said)) << said << "\n" << shown.text;
  }
  view.selected = "MIG-gone";
  EXPECT_TRUE(show(sample, view, {100, 50}).text.contains("is not there any more"));
}

TEST(Frame, ScrollingEndsAtTheLastLine) {
  View view;
  view.pane = Pane::kHelp;
  view.scrolled = 9'999;
  const Shown shown = show(two_gpus(), view, {80, 24});
  EXPECT_LT(shown.frame.scrolled, 30u);
  EXPECT_TRUE(shown.text.contains("stranded memory unit")) << shown.text;
}

TEST(Frame, AFilterAndItsDraftAreShown) {
  View view;
  view.filter = "nothing like it";
  EXPECT_TRUE(show(two_gpus(), view, {80, 24}).text.contains("filter: nothing like it"));
  EXPECT_TRUE(show(two_gpus(), view, {80, 24}).text.contains("nothing here has these words"));
  view.draft = "pyth";
  EXPECT_TRUE(show(two_gpus(), view, {80, 24}).text.contains("filter: pyth_"));
}

}  // namespace
}  // namespace septet::cli::top
