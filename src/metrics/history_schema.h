// metrics/history_schema.h — the tables of the history, version 1.
//
// sample    one GPU over one step (seconds since 1970 / step_s): history_rows.h
// gpu, instance  what stands in the rows as a number; `seen`: a step in which it was there
// layout    what each GPU was cut into from then on: history_series.h
#pragma once

namespace septet::metrics {

inline constexpr int kHistoryVersion = 1;

inline constexpr const char* kHistorySchema = R"sql(
CREATE TABLE sample(
  step INTEGER NOT NULL,
  gpu INTEGER NOT NULL,
  row BLOB NOT NULL,
  PRIMARY KEY(step, gpu)
) STRICT, WITHOUT ROWID;

CREATE TABLE gpu(
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE instance(
  id INTEGER PRIMARY KEY,
  gpu INTEGER NOT NULL,
  uuid TEXT NOT NULL,
  profile TEXT NOT NULL,
  start INTEGER NOT NULL,
  size INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  UNIQUE(gpu, uuid, profile, start, size)
) STRICT;

CREATE TABLE layout(
  time_ms INTEGER NOT NULL,
  gpu TEXT NOT NULL,
  cut TEXT NOT NULL,
  PRIMARY KEY(time_ms, gpu)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace septet::metrics
