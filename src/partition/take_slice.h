// partition/take_slice.h — takes a slice for a program, and gives it back; ends what killed runs
// left.
//
//   take:    lease written -> cut, journalled, if it is not there -> lease rewritten with the UUID
//   give:    what was cut is destroyed, journalled, unless it is to be kept -> lease removed
//
// Under the change lock, so that two never choose the same slice. Killed at any point, the lease
// (or nothing) is left, and fold_strays() ends it: it recovers the journal's unfinished runs, then
// destroys what the lease says was cut for it if that is still the same and idle.
// Errors. Those of choose_slice, apply and the journal.
#pragma once

#include <string>
#include <vector>

#include "partition/choose_slice.h"
#include "partition/journal_apply.h"
#include "partition/lease.h"

namespace septet::partition {

struct TakenSlice {
  Lease lease;
  HeldLease held;
};

struct SliceChange {
  Journal& journal;
  const ChangeLock& lock;
  driver::Driver& driver;  // the bare one, without leases
  std::string folder;      // the node's state folder
  ApplyOptions apply;
};

// `keep`: what is cut stays when it is given back.
Result<TakenSlice> take_slice(const SliceChange& change, const SliceWish& wish, bool keep);

// kBusy when somebody still computes on it: the lease stays then, and is a stray once let go of.
Result<> give_back(const SliceChange& change, TakenSlice& taken);

struct Folded {
  std::vector<std::string> notes;  // one sentence each: what was folded, or forgotten
  std::optional<Error> failure;    // the first that could not be
};
Result<Folded> fold_strays(const SliceChange& change);

}  // namespace septet::partition
