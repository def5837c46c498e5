#include "plan/makespan/board.h"

#include <algorithm>

namespace septet::plan {

namespace {

bool window_contains(mig::Placement outer, mig::Placement inner) {
  return (inner.mask() & ~outer.mask()) == 0;
}

bool place_comes_above(const Place& one, const Place& other) {
  if (one.at.size != other.at.size) return one.at.size > other.at.size;
  if (one.profile->slices != other.profile->slices)
    return one.profile->slices > other.profile->slices;
  return one.at.start < other.at.start;
}

std::vector<Place> plain_places_of(const mig::Geometry& geometry) {
  std::vector<Place> places;
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    if (profile.media != mig::Media::kPlain || profile.graphics) continue;
    for (std::uint8_t start = 0; start < 16; ++start) {
      const mig::Placement at{start, profile.size};
      if (profile.allows(at)) places.push_back({&profile, at, 0, {}});
    }
  }
  std::ranges::sort(places, place_comes_above);
  return places;
}

void link_places(Board& board) {
  for (unsigned i = 1; i < board.size(); ++i) board[board[i].above].below.push_back(i);
  for (Place& place : board) {
    std::ranges::sort(place.below, [&board](unsigned one, unsigned other) {
      return board[one].at.start < board[other].at.start;
    });
  }
}

}  // namespace

Result<Board> board_of(const mig::Geometry& geometry) {
  Board board(1);
  board.front().at = {0, geometry.units};
  std::ranges::copy(plain_places_of(geometry), std::back_inserter(board));
  bool nested = !geometry.one_compute_one_graphics && board.size() > 1 && board.size() <= 32;
  for (unsigned i = 1; i < board.size(); ++i) {
    for (unsigned j = 1; j < i; ++j) {
      if (window_contains(board[j].at, board[i].at)) {
        board[i].above = j;  // the last one that contains it is the smallest
      } else if (board[j].at.overlaps(board[i].at)) {
        nested = false;
      }
    }
  }
  if (!nested) {
    return fail(Code::kNotSupported, "the instances of this GPU are not nested in each other",
                "name a product with 4 or 7 slices; septet products lists them");
  }
  link_places(board);
  return board;
}

Board board_without(const Board& board, const std::vector<bool>& keep) {
  std::vector<unsigned> now(board.size(), 0);
  Board kept;
  for (unsigned i = 0; i < board.size(); ++i) {
    if (i > 0 && !keep[i]) {
      now[i] = now[board[i].above];
      continue;
    }
    now[i] = static_cast<unsigned>(kept.size());
    kept.push_back({board[i].profile, board[i].at, now[board[i].above], {}});
  }
  link_places(kept);
  return kept;
}

}  // namespace septet::plan
