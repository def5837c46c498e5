// cli/svg/board.h — one GPU, or so many that are cut alike, as a drawing: what is said, and where
// it lands.
//
// A board knows no plans: whoever has instances with places (a node before and after, a row of a
// fleet, one state of a transition) describes them so and has them drawn.
// Units.  Places in memory units of the board, compute spans in compute slices of the instance.
// Shapes. An instance's box spans exactly its memory units; bars at its foot are its compute
//         slices, one bar per compute instance, hollow where none is. Whoever is in it is named;
//         several who share a place on so many GPUs get bands of their colors, in their order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/svg/document.h"

namespace septet::cli::svg {

// What becomes of an instance in the change that is drawn.
enum class Fate : std::uint8_t { kUntold, kStays, kNew, kGoes };

struct Occupant {
  std::string name;
  std::optional<std::size_t> key{};  // fill (palette.h); nullopt: gray
  std::uint64_t gpus = 0;            // on how many of the alike GPUs; 0: on all
};

struct ComputeSpan {
  unsigned start = 0, size = 1;
};

struct DrawnInstance {
  std::string profile;  // "3g.40gb"
  unsigned start = 0, size = 1, slices = 1;
  std::vector<ComputeSpan> compute{};
  std::vector<Occupant> occupants{};
  std::optional<std::size_t> key{};  // fill when nobody is named
  Fate fate = Fate::kUntold;
  bool in_use = false;
  std::string steps{};  // numbers of the steps that make, take or change it: "3", "3, 4"
};

struct Board {
  unsigned units = 0;  // 0: nothing is known of its places; the remark alone is drawn
  std::string remark;  // across what is empty: "MIG off"
  std::vector<DrawnInstance> instances;
};

inline constexpr double kBoardHeight = 78;  // pill, boxes and the ruler below

// `name` is what the title of the whole board begins with: "GPU 3 after".
std::string drawn(const Board& board, const std::string& name, double x, double y, double width);

// The place of an instance in the drawing: what `drawn` uses, for others who mark it.
Box box_of(const Board& board, const DrawnInstance& instance, double x, double y, double width);

// "3g.40gb at 4: stays, chat-7b#1": an instance in words.
std::string words_of(const DrawnInstance& instance);

}  // namespace septet::cli::svg
