// The table of a frame, and the map of the GPUs above it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "cli/top/frame_parts.h"
#include "cli/top/unit_runs.h"

namespace septet::cli::top {

namespace {

constexpr unsigned kBarAt80 = 4, kWidestBar = 20;

// Columns of the terminal for each column of the table; 0: not shown. The tenant has the rest.
struct Widths {
  std::array<unsigned, 10> of{};
  unsigned bar = 0;
  unsigned at(Column column) const { return of.at(std::to_underlying(column)); }
};

Widths widths_in(unsigned width) {
  Widths widths{{3, 5, 11, 4, 11, 4, 4, 6, 7, 0}, kBarAt80};
  if (width < 80) {  // what is said elsewhere too goes first
    widths.bar = 0;
    widths.of.at(std::to_underlying(Column::kPower)) = 0;
    widths.of.at(std::to_underlying(Column::kPlace)) = 0;
  }
  unsigned extra = width > 80 ? width - 80 : 0;
  const auto widen = [&extra](unsigned& column, unsigned most, unsigned share) {
    const unsigned more = std::min({most, extra / share, extra});
    column += more;
    extra -= more;
  };
  widen(widths.of.at(std::to_underlying(Column::kProfile)), 5, 3);
  widen(widths.bar, kWidestBar - kBarAt80, 3);
  widen(widths.of.at(std::to_underlying(Column::kHealth)), 5, 4);
  return widths;
}

Style style_in(const Row& row, Column column) {
  switch (column) {
    case Column::kHealth: return style_of(row.health.level);
    case Column::kSm:
    case Column::kBandwidth:
      return row.sm_percent || row.memory_percent ? Style::kPlain : Style::kFaint;
    case Column::kTenant:
      if (row.kind == RowKind::kUnreadable) return Style::kBad;
      return row.measured() && row.kind != RowKind::kNoCompute ? Style::kPlain : Style::kFaint;
    case Column::kProfile:
      if (row.kind == RowKind::kFree) return Style::kFree;
      if (row.kind == RowKind::kStranded) return Style::kStranded;
      return Style::kStrong;
    case Column::kGpu:
    case Column::kInstance:
    case Column::kPlace:
    case Column::kMemory:
    case Column::kPower: return row.kind == RowKind::kGpu ? Style::kStrong : Style::kPlain;
  }
  return Style::kPlain;
}

void put_bar(const Row& row, unsigned width, bool ascii, Line& line) {
  const std::uint64_t total = row.memory_total_mib.value_or(0);
  if (total == 0 || !row.memory_used_mib || !row.measured()) {
    line.fill(" ", width, Style::kPlain);
    return;
  }
  const std::uint64_t used = std::min(*row.memory_used_mib, total);
  const auto full = static_cast<unsigned>((used * width + total / 2) / total);
  const Style style = used * 10 >= total * 9 ? Style::kSuspect : Style::kGood;
  line.fill(ascii ? "#" : "█", full, style);
  line.fill(ascii ? "." : "░", width - full, Style::kFaint);
}

// "3g.40gb 87%", as much of it as there is room for.
std::string instance_words(const mig::GpuInstance& instance, unsigned room) {
  std::string name = instance.name;
  const auto dot = name.find('.'), gb = name.find("gb");
  if (name.size() > room && dot != std::string::npos && gb != std::string::npos) {
    name = name.substr(0, dot) + name.substr(gb + 2);
  }
  if (!instance.usage.sm_percent) return name;
  const std::string with = fmt::format("{} {}%", name, *instance.usage.sm_percent);
  return with.size() <= room ? with : name;
}

const mig::GpuInstance* instance_at(const mig::Gpu& gpu, unsigned unit) {
  const auto found = std::ranges::find_if(gpu.instances, [unit](const mig::GpuInstance& instance) {
    return instance.at.start == unit && instance.at.size > 0;
  });
  return found == gpu.instances.end() ? nullptr : &*found;
}

std::string uncut_words(const mig::Gpu& gpu) {
  if (gpu.problem) return *gpu.problem;
  std::string text = gpu.name + ", " + (gpu.mode == mig::MigMode::kOff ? "MIG off" : "no MIG");
  if (gpu.usage.sm_percent) text += fmt::format(", SM {}%", *gpu.usage.sm_percent);
  return text;
}

}  // namespace

Line map_line(const Picture& picture, const mig::Gpu& gpu, unsigned width) {
  const bool ascii = picture.ascii;
  const std::string_view wall = ascii ? "|" : "│";
  Line line(width, ascii);
  line.put(fmt::format("GPU{:>3} ", gpu.index));
  const FreeUnits room = free_units(gpu);
  const bool cut = gpu.mode == mig::MigMode::kOn && gpu.geometry && !gpu.problem;
  const unsigned units = cut ? gpu.geometry->geometry.units : 0;
  if (units == 0) {
    return line.put(uncut_words(gpu), gpu.problem ? Style::kBad : Style::kFaint);
  }
  const unsigned unit_width = std::max(2u, (width - line.columns() - 1) / units);
  line.put(wall, Style::kFaint);
  for (unsigned unit = 0; unit < units;) {
    if (const mig::GpuInstance* instance = instance_at(gpu, unit)) {
      const unsigned inner = instance->at.size * unit_width - 1;
      line.field(instance_words(*instance, inner), inner, false,
                 style_of_profile(instance->profile_id));
      unit += instance->at.size;
    } else {
      const bool stranded = ((room.stranded >> unit) & 1u) != 0;
      const std::string_view dot = ascii ? "." : "·";
      line.fill(stranded ? "/" : dot, unit_width - 1, stranded ? Style::kStranded : Style::kFree);
      ++unit;
    }
    line.put(wall, Style::kFaint);
  }
  return line;
}

Line title_line(const View& view, unsigned width, bool ascii) {
  const Widths widths = widths_in(width);
  Line line(width, ascii);
  for (const ColumnFacts& facts : columns()) {
    const unsigned room = facts.column == Column::kTenant ? line.left() : widths.at(facts.column);
    if (room == 0) continue;
    const bool sorted = view.sort == facts.column;
    const Style style = sorted ? Style::kSortedBy : Style::kTitle;
    std::string title(facts.title.substr(0, room));
    if (sorted && title.size() < room) {
      const std::string_view arrow = view.reverse ? (ascii ? "v" : "▼") : (ascii ? "^" : "▲");
      title += arrow;
    }
    const unsigned shown = static_cast<unsigned>(facts.title.size()) + (sorted ? 1 : 0);
    const std::string blank(room - std::min(room, shown), ' ');
    line.put(facts.right ? blank + title : title + blank, style);
    if (facts.column == Column::kMemory && widths.bar > 0) {
      line.put(std::string(widths.bar + 1, ' '), Style::kTitle);
    }
    if (facts.column != Column::kTenant) line.put(" ", Style::kTitle);
  }
  return line;
}

Line row_line(const Picture& picture, const Row& row, unsigned width) {
  const Widths widths = widths_in(width);
  Line line(width, picture.ascii);
  for (const ColumnFacts& facts : columns()) {
    const unsigned room = facts.column == Column::kTenant ? line.left() : widths.at(facts.column);
    if (room == 0) continue;
    // A free place has no health: what fits there takes that column too.
    if (facts.column == Column::kHealth && !row.measured()) continue;
    line.field(cell_text(row, facts.column, room), room, facts.right, style_in(row, facts.column));
    if (facts.column == Column::kMemory && widths.bar > 0) {
      line.put(" ");
      put_bar(row, widths.bar, picture.ascii, line);
    }
    if (facts.column != Column::kTenant) line.put(" ");
  }
  return line;
}

}  // namespace septet::cli::top
