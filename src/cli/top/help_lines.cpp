// What the keys do and what the columns mean, inside septet top.
#include <array>
#include <utility>

#include "cli/top/frame_parts.h"

namespace septet::cli::top {

namespace {

using Entry = std::pair<std::string_view, std::string_view>;
constexpr std::array kHelp = {
    Entry{"", "keys"},
    Entry{"up down j k", "select a row; also PageUp, PageDown, Home, End"},
    Entry{"Enter", "its UUID, engines, processes, and what fits beside it"},
    Entry{"/", "only rows with all of these words: python, gpu1, gi3, 4242, xid"},
    Entry{"< >", "sort by the column left or right; also the arrow keys"},
    Entry{"r", "the other way round"},
    Entry{"G I P L M S", "sort by GPU, instance, profile, place, memory, SM activity"},
    Entry{"B W H T", "sort by memory bandwidth, power, health, tenant"},
    Entry{"t", "under a heading for each GPU, or flat"},
    Entry{"f", "with the free and the stranded places"},
    Entry{"m", "the map of the GPUs, where there is room"},
    Entry{"space", "pause"},
    Entry{"+ -", "slower, faster"},
    Entry{"c", "forget the Xids seen so far"},
    Entry{"R", "paint the screen again"},
    Entry{"q", "quit"},
    Entry{"", "columns"},
    Entry{"GI/CI", "GPU instance and compute instance, as the driver numbers them"},
    Entry{"AT", "first memory unit and how many: 4:2"},
    Entry{"MEMORY GiB", "used and total of the GPU instance; ~ stands on an estimate"},
    Entry{"SM%", "time with work on its SMs, averaged over them (GPM)"},
    Entry{"BW%", "memory bandwidth in use (GPM)"},
    Entry{"POWER", "~ is a share of the GPU's power by activity: an estimate"},
    Entry{"HEALTH", "ECC: uncorrected errors; Xid: last since septet top began"},
    Entry{"TENANT", "who is in it"},
    Entry{"n/a", "not told by the driver: activity in MIG before Hopper"},
    Entry{"", "map"},
    Entry{"....", "free memory unit: something fits there"},
    Entry{"////", "stranded memory unit: free, and nothing fits there now"},
};

}  // namespace

std::vector<Line> help_lines(unsigned width, bool ascii) {
  std::vector<Line> lines;
  for (const auto& [key, meaning] : kHelp) {
    Line line(width, ascii);
    if (key.empty()) {
      line.put(" ").put(meaning, Style::kStrong);
    } else {
      line.put("   ").field(key, 12, false, Style::kStrong).put(" ").put(meaning);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace septet::cli::top
