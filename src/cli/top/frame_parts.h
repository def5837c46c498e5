// cli/top/frame_parts.h — the parts that a frame is put together from.
//
// Pure, as frame.h. Each gives the lines that it needs; the frame decides which of them are seen.
#pragma once

#include <vector>

#include "cli/top/frame.h"

namespace septet::cli::top {

std::vector<Line> header_lines(const Picture& picture, const View& view, unsigned width);
// One line per GPU: its memory units, cut as its instances are.
Line map_line(const Picture& picture, const mig::Gpu& gpu, unsigned width);
Line title_line(const View& view, unsigned width, bool ascii);
Line row_line(const Picture& picture, const Row& row, unsigned width);
std::vector<Line> details_lines(const Picture& picture, const View& view,
                                const std::vector<Row>& table, unsigned width);
std::vector<Line> help_lines(unsigned width, bool ascii);
Line footer_line(const View& view, std::size_t rows, std::size_t page, unsigned width, bool ascii);

Style style_of(HealthLevel level);
Style style_of_profile(std::uint32_t profile_id);

}  // namespace septet::cli::top
